"""Turn claims into shortcuts: a participation into `isFundedBy` and its kin, a contribution into `contributesTo…`."""

from collections.abc import Iterable
from typing import Final

from pyoxigraph import NamedNode, Variable

from graph import owl
from graph.names import BASE, name
from graph.reason.rules import Atom, Rule

DERIVES: Final = name("m4sd:derivesProperty")
REPORTED: Final = name("claim-status:reported")
ANNOTATED: Final = name("claim-status:annotated")

_THING, _CLAIM, _OTHER, _ROLE = (Variable(word) for word in ("thing", "claim", "other", "role"))

# Which shortcut a contribution gives, by how its object shows what it is.
_CONTRIBUTIONS: Final = (
    (name("m4sd:contributesToTarget"), owl.TYPE, name("sdgo:Target")),
    (name("m4sd:contributesToGoal"), owl.TYPE, name("sdgo:Goal")),
    (name("m4sd:contributesToObjective"), name("skos:inScheme"), NamedNode(f"{BASE}concept/gcm-objective")),
)


def participation_rules(shortcuts: Iterable[NamedNode]) -> list[Rule]:
    """Return one rule for each property that a role derives: who takes part in that role is joined by it."""
    claim = ("m4sd:qualifiedParticipation", "m4sd:participant")
    has_role = Atom(_CLAIM, name("m4sd:role"), _ROLE)
    return [_rule(shortcut, claim, has_role, Atom(_ROLE, DERIVES, shortcut)) for shortcut in shortcuts]


def contribution_rules(status: NamedNode) -> list[Rule]:
    """Return the rules that shorten the contributions of this status."""
    claim = ("m4sd:claimsContribution", "m4sd:contributionTo")
    has_status = Atom(_CLAIM, name("m4sd:claimStatus"), status)
    return [_rule(shortcut, claim, has_status, Atom(_OTHER, by, kind)) for shortcut, by, kind in _CONTRIBUTIONS]


def _rule(shortcut: NamedNode, claim: tuple[str, str], *conditions: Atom) -> Rule:
    """Return the rule by which a thing that makes a claim, and what the claim names, are joined in one step."""
    makes, names = (name(link) for link in claim)
    body = (Atom(_THING, makes, _CLAIM), Atom(_CLAIM, names, _OTHER), *conditions)
    return Rule(Atom(_THING, shortcut, _OTHER), body)
