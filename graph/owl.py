"""Spell the terms of OWL and RDF Schema that axioms are written in."""

from typing import Final

from graph.names import name

TYPE: Final = name("rdf:type")
SUBCLASS: Final = name("rdfs:subClassOf")
SUBPROPERTY: Final = name("rdfs:subPropertyOf")
DOMAIN: Final = name("rdfs:domain")
RANGE: Final = name("rdfs:range")
EQUIVALENT: Final = name("owl:equivalentClass")
INVERSE: Final = name("owl:inverseOf")
IMPORTS: Final = name("owl:imports")
CHAIN: Final = name("owl:propertyChainAxiom")
DISJOINT: Final = name("owl:disjointWith")
INTERSECTION: Final = name("owl:intersectionOf")
UNION: Final = name("owl:unionOf")
ON_PROPERTY: Final = name("owl:onProperty")
SOME: Final = name("owl:someValuesFrom")
FIRST: Final = name("rdf:first")
CLASSES: Final = (name("owl:Class"),)
LINKS: Final = (name("owl:ObjectProperty"),)
VALUES: Final = (name("owl:DatatypeProperty"),)
NOTES: Final = (name("owl:AnnotationProperty"),)
PROPERTIES: Final = (*LINKS, *VALUES, *NOTES)
DECLARATIONS: Final = (*CLASSES, *PROPERTIES, name("owl:Ontology"), name("rdfs:Datatype"))
