"""Turn claims into shortcuts: a participation into `isFundedBy` and its kin, a contribution into `contributesTo…`."""

from collections.abc import Iterable
from typing import Final

from pyoxigraph import NamedNode, Variable

from graph.axioms import TYPE
from graph.names import BASE, name
from graph.rules import Atom, Rule

DERIVES: Final = name("m4sd:derivesProperty")
REPORTED: Final = name("claim-status:reported")
ANNOTATED: Final = name("claim-status:annotated")

_THING, _CLAIM, _OTHER, _ROLE = (Variable(word) for word in ("thing", "claim", "other", "role"))

# Which shortcut a contribution gives, by how its object shows what it is.
_CONTRIBUTIONS: Final = (
    (name("m4sd:contributesToTarget"), TYPE, name("sdgo:Target")),
    (name("m4sd:contributesToGoal"), TYPE, name("sdgo:Goal")),
    (name("m4sd:contributesToObjective"), name("skos:inScheme"), NamedNode(f"{BASE}concept/gcm-objective")),
)


def participation_rules(shortcuts: Iterable[NamedNode]) -> list[Rule]:
    """Return one rule for each property that a role derives: who takes part in that role is joined by it."""
    return [
        Rule(
            Atom(_THING, shortcut, _OTHER),
            (
                Atom(_THING, name("m4sd:qualifiedParticipation"), _CLAIM),
                Atom(_CLAIM, name("m4sd:participant"), _OTHER),
                Atom(_CLAIM, name("m4sd:role"), _ROLE),
                Atom(_ROLE, DERIVES, shortcut),
            ),
        )
        for shortcut in shortcuts
    ]


def contribution_rules(status: NamedNode) -> list[Rule]:
    """Return the rules that shorten the contributions of this status."""
    return [
        Rule(
            Atom(_THING, shortcut, _OTHER),
            (
                Atom(_THING, name("m4sd:claimsContribution"), _CLAIM),
                Atom(_CLAIM, name("m4sd:contributionTo"), _OTHER),
                Atom(_CLAIM, name("m4sd:claimStatus"), status),
                Atom(_OTHER, shown_by, kind),
            ),
        )
        for shortcut, shown_by, kind in _CONTRIBUTIONS
    ]
