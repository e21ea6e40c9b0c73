"""List the tests of the W3C's SHACL suite that fail, why, and where that is discussed; any other failure is ours."""

from typing import Final

from bench.w3c_exceptions import Reason

_SHAPES_GRAPH = Reason(
    "A query asks for $shapesGraph. The standard leaves it to the engine whether there is such a graph to ask, and "
    "pySHACL 0.40.1 has none: it refuses the shape.",
    (
        "https://www.w3.org/TR/shacl/#sparql-constraints-variables",
        "https://github.com/RDFLib/pySHACL/blob/v0.40.1/pyshacl/helper/sparql_query_helper.py",
    ),
)
_OWN_COMPONENT = Reason(
    "The shapes declare a constraint component of their own: it is not compiled, and its nodes are left to the "
    "explained way.",
    ("https://www.w3.org/TR/shacl/#sparql-constraint-components",),
)
_DERIVED = Reason(
    "The store keeps xsd:byte as xsd:integer, so a query cannot tell the two apart: what asks for a derived type is "
    "not compiled, and its nodes are left to the explained way, which reads the file.",
    ("https://github.com/oxigraph/oxigraph/issues/526", "https://github.com/w3c/data-shapes/issues/142"),
)
_ONE = Reason(
    'pySHACL 0.40.1 takes sh:uniqueLang "1"^^xsd:boolean for true; the standard knows only true. Our own way drops it '
    "before pySHACL sees it.",
    ("https://github.com/w3c/data-shapes/issues/98",),
)
_IMPORTS = Reason(
    "pySHACL 0.40.1 does not look for sh:declare in what the ontology of a query imports. Our own way copies it there.",
    ("https://www.w3.org/TR/shacl/#sparql-prefixes",),
)

# (way, test) -> reason
EXCEPTIONS: Final[dict[tuple[str, str], Reason]] = {
    **{
        (way, "sparql/pre-binding/shapesGraph-001"): _SHAPES_GRAPH
        for way in ("explained", "retargeted", "compiled", "bridge")
    },
    **{
        ("compiled", f"sparql/component/{test}"): _OWN_COMPONENT
        for test in ("optional-001", "propertyValidator-select-001", "validator-001")
    },
    ("compiled", "core/property/datatype-ill-formed"): _DERIVED,
    ("bridge", "core/property/uniqueLang-002"): _ONE,
    ("bridge", "sparql/node/prefixes-001"): _IMPORTS,
}
