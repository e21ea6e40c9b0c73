"""Hold each competency question of the example library against its expected answer.

The answers are written from the facts of the two articles (A01 to A75), from the rows read from public pages (B0001 to
B1122) and from the UN's own SDG file; a row is the values of the columns that are named, `-` standing for no value.
"""

import json
import re
from collections.abc import Mapping

import pytest
from pyoxigraph import Literal, NamedNode, QuerySolution, QuerySolutions

from graph.examples import QUERIES, Example, examples, find
from graph.names import PREFIXES, short
from graph.query import Question, answer
from graph.store import Store

ALL = examples()
COMPETENCY = {*range(1, 17), 18, 19, 20, 21, 22, 24, 45, 46, 51}  # those that need no imported activities
ARTICLES = {*range(1, 17), *range(18, 23), 24} - {4}  # what the two articles state; question 4 counts what 3 lists
START = {1, 2, 3, 51, 101}

# The eleven countries and the facts that name them, in the order of their English names.
ELEVEN = {
    "050 BGD": "A20",
    "218 ECU": "A21",
    "388 JAM": "A22",
    "417 KGZ": "A23",
    "504 MAR": "A19",
    "524 NPL": "A25",
    "608 PHL": "A26",
    "498 MDA": "A24",
    "686 SEN": "A27",
    "688 SRB": "A28",
    "788 TUN": "A29",
}
IMPLEMENTERS = {"XM-DAC-47066": "A17", "XM-DAC-41114": "A18"}
PHASE_COUNTRIES = {
    1: ("050", "388", "498", "788"),
    2: ("050", "218", "388", "417", "498", "504", "688", "788"),
    3: ("050", "218", "388", "417", "498", "504", "524", "608", "686", "688", "788"),
}
PEOPLE = "id:result-ma-oriental-people-supported"
UNITS_PAGE = "id:source-iom-morocco-oriental-units"
M4D, NETWORK, CURATORS = "id:org-migration4development", "id:org-un-migration-network", "id:agent-m4sd-curators"
SITE = "id:source-m4d-project"
NETWORK_PAGE = "id:source-un-migration-network-rs-mptf"
SEDHIOU = ("id:org-sn-ard-sedhiou", "id:source-ard-sedhiou-board-3")
TRAINED = "id:result-rs-prokuplje-training-completed"
ORIENTAL = "id:initiative-ma-oriental-psychosocial"
DAC = "iati-sector:"
CODES = "http://metadata.un.org/sdg/codes/"
RECORD = "https://w3id.org/m4sd/graph"
# Where each sentence stands, counted in the two articles themselves.
PLACES = {
    "E0": "0 90", "E1": "92 278", "E2": "280 652", "E3": "654 1012", "E4": "1014 1325", "E5": "1327 1604",
    "E6": "1606 1883", "E7": "1885 2161", "E8": "2163 2449", "E9": "2451 2611", "E10": "2613 2763",
    "E11": "2765 2990", "E12": "2992 3312", "E13": "3314 3608",
    "F1": "0 450", "F2": "451 844", "F3": "845 1199", "F4": "1200 1543", "F5": "1544 1859", "F6": "1860 2196",
    "F7": "2197 2478", "F8": "2479 2671", "F9": "2672 2832", "F10": "2833 3123", "F11": "3124 3516",
    "F12": "3517 3856",
}  # fmt: skip
SENTENCE = "fact document sentence language start end"
ROADMAP = "id:initiative-md-joint-roadmap"
PAICODELS = "id:initiative-sn-paicodels-2"


def stated(row: str, fact: str, *sentences: str) -> list[str]:
    """Return the rows that give one answer, one for each sentence that states its fact."""
    articles = {"E": "S-EN {} en {}", "F": "S-FR {} fr {}"}
    places = (articles[each[0]].format(each, PLACES[each]) for each in sentences)
    return [f"{row} id:fact-{fact} {place}".strip() for place in places]


def every(rows: Mapping[str, str], *sentences: str) -> list[str]:
    """Return the rows of several answers, each with its fact, that the same sentences state."""
    return [row for answer, fact in rows.items() for row in stated(answer, fact, *sentences)]


def claims(thing: str, aims: str, status: str, author: str, *stated: str) -> list[str]:
    """Return the rows of claims that name their aim itself."""
    return [
        f"{thing} {aim} claim-status:{status} {aim} {author} {page}" for aim in sorted(aims.split()) for page in stated
    ]


def goals(numbers: str) -> str:
    return " ".join(f"sdg:{number}" for number in numbers.split())


def annotated(thing: str, aim: str, *stated: str) -> list[str]:
    return claims(thing, aim, "annotated", CURATORS, *stated)


def inferred(thing: str, goal: str, target: str, *stated: str) -> list[str]:
    return [f"{thing} {goal} claim-status:inferred {target} {CURATORS} {page}" for page in stated]


def contributions() -> list[str]:
    """Return the answer to question 51."""
    oriental, tangier, together = (
        "id:initiative-ma-oriental-psychosocial",
        "id:initiative-ma-tta-entrepreneurship",
        "id:initiatives-m4sd",
    )
    nine, eight, seven = (
        ("id:passage-E9", "id:passage-F8"),
        ("id:passage-E8", "id:passage-F7"),
        ("id:passage-E7", "id:passage-F6"),
    )
    english, french = f"{SITE}-sn-paicodels-2", f"{SITE}-sn-paicodels-2-fr"
    paicodels = [
        row
        for goal in ("1", "10", "4", "5", "8", "9")
        for row in claims(
            PAICODELS, goals(goal), "reported", M4D, *((french,) if goal in ("1", "5") else (english, french))
        )
    ]
    return [
        *inferred(oriental, "sdg:10", "sdg:10.7", *nine),
        *annotated(oriental, "sdg:10.7", *nine),
        *inferred(oriental, "sdg:3", "sdg:3.4", *nine),
        *inferred(oriental, "sdg:3", "sdg:3.8", *nine),
        *annotated(oriental, "sdg:3.4 sdg:3.8", *nine),
        *claims(tangier, goals("4 8 10"), "reported", M4D, f"{SITE}-ma-tta"),
        *annotated(tangier, "sdg:8.3", *eight),
        *claims(ROADMAP, goals("1 2 3 4 5 6 7 8 9 10 11 13 14 15 16 17"), "reported", M4D, f"{SITE}-md-joint-roadmap"),
        *claims("id:initiative-rs-knjazevac", goals("4 8 10"), "reported", M4D, f"{SITE}-rs-knjazevac"),
        *claims("id:initiative-rs-mptf", goals("10 10.7 16 17 17.18"), "reported", NETWORK, NETWORK_PAGE),
        *paicodels,
        *inferred(together, "sdg:1", "sdg:1.3", *seven),
        *annotated(together, "sdg:1.3", *seven),
        *inferred(together, "sdg:3", "sdg:3.8", *seven),
        *annotated(together, "sdg:3.8 sdg:4", *seven),
        *inferred(together, "sdg:8", "sdg:8.5", *seven),
        *annotated(together, "sdg:8.5", *seven),
        *claims("id:initiatives-m4sd-sn", goals("1 3 4 5 8 9 10 11 16 17"), "reported", *SEDHIOU),
    ]  # fmt: skip


def oriental(row: str, fact: str) -> list[str]:
    """Return the rows of an answer that the two sentences about the Oriental region state."""
    return [f"{each} id:passage-{each.split()[-4]}" for each in stated(row, fact, "E9", "F8")]


def funders() -> list[str]:
    """Return the answer to question 115: SDC funds the phase, hence each part; a grant goes to the three in Serbia."""
    own = dict.fromkeys(("rs-ivanjica", "rs-knjazevac", "rs-prokuplje"), "grant id:org-gov-CH")
    own |= dict.fromkeys(("sn-paicodels-2", "tn-mm3"), "direct id:org-CH-4")
    parts = ("ec-manta", "ec-santo-domingo", "ma-oriental-psychosocial", "ma-tta-entrepreneurship", "rs-ivanjica",
             "rs-knjazevac", "rs-prokuplje", "sn-jappando-2", "sn-paicodels-2", "tn-mm3")  # fmt: skip
    return [
        f"id:initiative-{part} {way}"
        for part in parts
        for way in (own.get(part), "through the whole id:org-CH-4")
        if way
    ]


# slug -> (the columns that are checked, the rows that are expected, in their order)
EXPECTED: Mapping[str, tuple[str, list[str]]] = {
    "programme-funders": (f"funder identifier {SENTENCE}", stated("id:org-CH-4 CH-4", "A16", "E3", "F2")),
    "programme-implementers": (
        f"implementer identifier {SENTENCE}",
        every({f"id:org-{code} {code}": fact for code, fact in IMPLEMENTERS.items()}, "E3", "F2"),
    ),
    "board-meeting-countries": (
        f"country iso {SENTENCE}",
        every({f"area:{country}": fact for country, fact in ELEVEN.items()}, "E3", "F2"),
    ),
    "board-meeting-countries-by-region": (
        "regionEn countries region facts",
        [
            "Africa 3 area:002 A19 A27 A29",
            "Americas 2 area:019 A21 A22",
            "Asia 4 area:142 A20 A23 A25 A26",
            "Europe 2 area:150 A24 A28",
        ],
    ),
    "board-meeting-place-and-host": (
        f"place country host {SENTENCE}",
        [row for fact in ("A04", "A06") for row in stated("id:locality-rabat area:504 id:org-gov-MA", fact, "E1")],
    ),
    "board-meeting-ordinal": (
        f"ordinal periodicity board {SENTENCE}",
        stated("2 P1Y id:body-m4sd-board", "A03", "E1"),
    ),
    "board-meeting-stakeholder-types": (
        f"type {SENTENCE}",
        every(
            {
                "stakeholder-type:un-agency": "A10",  # “United Nations agencies”: capitals sort first
                "stakeholder-type:civil-society": "A13",
                "stakeholder-type:donor": "A11",
                "stakeholder-type:local-government": "A09",
                "stakeholder-type:national-government": "A08",
                "stakeholder-type:private-sector": "A12",
            },
            "E2",
            "F1",
        ),
    ),
    "board-meeting-experts": (f"moreThan count {SENTENCE}", stated("60 -", "A07", "E2", "F1")),
    "programme-launch-and-phase": (
        f"launched phase ordinal {SENTENCE}",
        [row for fact in ("A33", "A34") for row in stated("2019 id:phase-m4sd-3 3", fact, "E5", "F4")],
    ),
    "programme-objectives": (
        f"objective approach {SENTENCE}",
        every(
            {
                "id:objective-m4sd-community-benefits -": "A38",
                "id:objective-m4sd-integrated-governance approach:integrated-migration-governance": "A36",
                "id:objective-m4sd-policy-coherence approach:policy-coherence": "A37",
            },
            "E5",
            "F4",
        ),
    ),
    "sectors-strengthened": (
        f"sector {SENTENCE}",
        every(
            {
                "sector:education": "A48",
                "sector:employment": "A49",
                "sector:health": "A50",
                "sector:social-security": "A51",
            },
            "E7",
            "F6",
        ),
    ),
    "results-by-region": (
        f"region result figure {SENTENCE}",
        [
            *stated("- id:result-m4sd-governance-progress 11", "A52", "E8", "F7"),
            *stated("- id:result-m4sd-youth-employability -", "A54", "E8", "F7"),
            *stated("id:area-MA-01 id:result-ma-tta-business-creation -", "A53", "E8", "F7"),
            *stated("id:area-MA-02 id:result-ma-oriental-centres 2", "A57", "E9", "F8"),
            *stated("id:area-MA-02 id:result-ma-oriental-health-access -", "A56", "E9", "F8"),
            *stated("id:area-MA-02 id:result-ma-oriental-psychosocial-access -", "A55", "E9", "F8"),
        ],
    ),
    "oriental-consultation-centres": (
        f"result figure {SENTENCE}",
        stated("id:result-ma-oriental-centres 2", "A57", "E9", "F8"),
    ),
    "oriental-beneficiaries": (
        f"group {SENTENCE}",
        [
            row
            for group in ("children", "migrants", "women")
            for fact in ("A55", "A56")
            for row in stated(f"beneficiary-group:{group}", fact, "E9", "F8")
        ],
    ),
    "oriental-services": (
        f"service {SENTENCE}",
        every({"id:service-ma-oriental-health": "A56", "id:service-ma-oriental-psychosocial": "A55"}, "E9", "F8"),
    ),
    "results-in-morocco": (
        f"result region {SENTENCE}",
        [
            *stated("id:result-ma-tta-business-creation id:area-MA-01", "A53", "E8", "F7"),
            *stated("id:result-ma-oriental-centres id:area-MA-02", "A57", "E9", "F8"),
            *stated("id:result-ma-oriental-health-access id:area-MA-02", "A56", "E9", "F8"),
            *stated("id:result-ma-oriental-psychosocial-access id:area-MA-02", "A55", "E9", "F8"),
        ],
    ),
    "levels-of-government": (
        f"level {SENTENCE}",
        [
            row
            for level in ("coherence-level:local", "coherence-level:national")
            for row in (*stated(level, "A39", "E5", "F4"), *stated(level, "A65", "E12", "F11"))
        ],
    ),
    "coordination-partners": (
        f"type {SENTENCE}",
        every(
            {
                "stakeholder-type:diaspora": "A66",
                "stakeholder-type:migrant-organisation": "A67",
                "stakeholder-type:private-sector": "A68",
            },
            "E12",
            "F11",
        ),
    ),
    "aim-beneficiaries": (
        f"group {SENTENCE}",
        every(
            {
                "beneficiary-group:communities-of-origin": "A72",
                "beneficiary-group:family-members": "A74",
                "beneficiary-group:host-communities": "A71",
                "beneficiary-group:migrants": "A73",
            },
            "E13",
            "F12",
        ),
    ),
    "initiative-design-principles": (
        f"principle {SENTENCE}",
        every({"approach:government-ownership": "A46", "approach:scalability": "A45"}, "E7", "F6"),
    ),
    "programme-approaches": (
        f"approach {SENTENCE}",
        every(
            {
                "approach:multi-stakeholder-engagement": "A59",
                "approach:whole-of-government": "A58",
                "approach:whole-of-society": "A58",
            },
            "E10",
            "F9",
        ),
    ),
    "sentences-of-a-fact": (
        SENTENCE,
        stated("", "A57", "E9", "F8"),
    ),
    "migration-target-indicators": (
        "target code indicator tier custodian",
        [
            "sdg:10.7 10.7.1 sdg:C100701 sdgo:tier_II ILO",
            "sdg:10.7 10.7.1 sdg:C100701 sdgo:tier_II World Bank",
            "sdg:10.7 10.7.2 sdg:C100702 sdgo:tier_II DESA Population Division",
            "sdg:10.7 10.7.2 sdg:C100702 sdgo:tier_II IOM",
            "sdg:10.7 10.7.3 id:indicator-10-7-3 - -",
            "sdg:10.7 10.7.4 id:indicator-10-7-4 - -",
            "sdg:10.c 10.c.1 sdg:C100c01 sdgo:tier_II World Bank",
            "sdg:16.2 16.2.1 sdg:C160201 sdgo:tier_II UNICEF",
            "sdg:16.2 16.2.2 sdg:C160202 sdgo:tier_II UNODC",
            "sdg:16.2 16.2.3 sdg:C160203 sdgo:tier_II UNICEF",
            "sdg:16.9 16.9.1 sdg:C160901 sdgo:tier_I UNICEF",
            "sdg:16.9 16.9.1 sdg:C160901 sdgo:tier_I UNSD",
            "sdg:17.18 17.18.1 sdg:C171801 sdgo:tier_III UNSD",
            "sdg:17.18 17.18.1 id:indicator-17-18-1 - -",  # the wording of 2020
            "sdg:17.18 17.18.2 sdg:C171802 sdgo:tier_II PARIS21",
            "sdg:17.18 17.18.3 sdg:C171803 sdgo:tier_I PARIS21",
            "sdg:4.b 4.b.1 sdg:C040b01 sdgo:tier_I OECD",
            *(
                f"sdg:5.2 5.2.{number} sdg:C05020{number} sdgo:tier_II {agency}"
                for number in (1, 2)
                for agency in ("UN Women", "UNFPA", "UNICEF", "UNODC", "WHO")
            ),
            "sdg:8.7 8.7.1 sdg:C080701 sdgo:tier_II ILO",
            "sdg:8.7 8.7.1 sdg:C080701 sdgo:tier_II UNICEF",
            "sdg:8.8 8.8.1 sdg:C080801 sdgo:tier_II ILO",
            "sdg:8.8 8.8.2 sdg:C080802 sdgo:tier_II ILO",
        ],
    ),
    "indicators-with-several-targets": (
        "indicator targets",
        [*(f"sdg:C20020{n} 2" for n in range(2, 8)), *(f"sdg:C20030{n} 3" for n in range(3, 6))],
    ),
    "sdg-contributions": ("initiative aim status claimed author stated", contributions()),
    "achieved-in-oriental": (
        f"result bound figure {SENTENCE} source",
        [
            *oriental("id:result-ma-oriental-centres sdmx-measure:obsValue 2", "A57"),
            *oriental("id:result-ma-oriental-health-access - -", "A56"),
            f"{PEOPLE} m4sd:moreThan 663 id:fact-B0471 - - fr - - {UNITS_PAGE}",
            f"{PEOPLE} sdmx-measure:obsValue 249 id:fact-B0472 - - fr - - {UNITS_PAGE}",
            f"{PEOPLE} sdmx-measure:obsValue 414 id:fact-B0473 - - fr - - {UNITS_PAGE}",
            f"{PEOPLE} sdmx-measure:obsValue 354 id:fact-B0474 - - fr - - {UNITS_PAGE}",
            f"{PEOPLE} sdmx-measure:obsValue 309 id:fact-B0475 - - fr - - {UNITS_PAGE}",
            *oriental("id:result-ma-oriental-psychosocial-access - -", "A55"),
        ],
    ),
    "facts-in-one-language": ("fact language", [f"id:fact-{fact} en" for fact in ("A03", "A04", "A05", "A06")]),
    "asserted-and-inferred": (  # the region is stated; its country, sub-region, region and the world follow
        "result asserted inferred",
        [
            "id:result-ma-oriental-centres 1 4",
            "id:result-ma-oriental-health-access 1 4",
            "id:result-ma-oriental-psychosocial-access 1 4",
            "id:result-ma-tta-business-creation 1 4",
        ],
    ),
    "goals-on-annotation-alone": (
        "thing goal",
        [
            "id:initiative-ma-oriental-psychosocial sdg:10",
            "id:initiative-ma-oriental-psychosocial sdg:3",
            "id:initiatives-m4sd sdg:1",
            "id:initiatives-m4sd sdg:3",
            "id:initiatives-m4sd sdg:4",
            "id:initiatives-m4sd sdg:8",
            "id:phase-m4sd-3 sdg:3",  # by its part in Oriental; the ARD of Sédhiou reports goal 3 of the programme
        ],
    ),
    "phases-and-countries": (
        "ordinal phase country",
        [f"{n} id:phase-m4sd-{n} area:{country}" for n, countries in PHASE_COUNTRIES.items() for country in countries],
    ),
    "policies-integrating-migration": (
        "country policy level",
        [
            "area:050 id:policy-bd-7fyp coherence-level:national",
            "area:388 id:policy-jm-vision2030 -",
            "area:417 id:policy-kg-ndp -",
            "area:504 id:policy-ma-oujda-pac coherence-level:local",
            "area:498 id:policy-md-2020 -",
            "area:686 id:policy-sn-pse-pap2 coherence-level:national",
            "area:688 id:policy-rs-econ-migration coherence-level:national",
            "area:688 id:policy-rs-employment coherence-level:national",
            "area:688 id:policy-rs-youth-law coherence-level:national",
            "area:688 id:policy-rs-youth-strategy coherence-level:national",
        ],
    ),
    "oriental-people-by-sex-and-status": (
        "sex status bound figure start end",
        [
            "sex:F migratoryStatus:_T sdmx-measure:obsValue 414 2020-09 2022-12",
            "sex:M migratoryStatus:_T sdmx-measure:obsValue 249 2020-09 2022-12",
            "sex:_T migratoryStatus:MIGPER sdmx-measure:obsValue 354 2020-09 2022-12",
            "sex:_T migratoryStatus:NONMIG sdmx-measure:obsValue 309 2020-09 2022-12",
            "sex:_T migratoryStatus:_T m4sd:moreThan 663 2020-09 2022-12",
        ],
    ),
    "target-and-actual": (
        "result kind bound figure whole",
        [
            f"id:result-rs-prokuplje-cnc-training value-kind:planned sdmx-measure:obsValue 100 {TRAINED}",
            f"id:result-rs-prokuplje-sewing-training value-kind:planned sdmx-measure:obsValue 60 {TRAINED}",
            f"{TRAINED} value-kind:actual m4sd:moreThan 160 -",
        ],
    ),
    "contradictory-figures": (
        "thing figure fact source",
        [
            "id:flow--initiative-md-midl-2--budget 6400000 id:fact-B0760 id:source-undp-moldova-midl-2-first",
            "id:flow--initiative-md-midl-2--budget 6607520 id:fact-B0761 id:source-undp-moldova-midl-2-later",
            "id:flow--initiative-md-midl-2--budget 6658172 id:fact-B0762 id:source-undp-moldova-midl-2-closed",
            "id:result-jmdi-2-projects 15 id:fact-B0106 id:source-gfmd-ppd-2633-jmdi",
            "id:result-jmdi-2-projects 16 id:fact-B0105 id:source-ccme-icmd-launch-seminar",
            "id:result-md-midl-1-localities 38 id:fact-B0750 id:source-undp-moldova-midl-1-closed",
            "id:result-md-midl-1-localities 40 id:fact-B0751 id:source-undp-moldova-midl",
        ],
    ),
    "phase-dates-by-source": (
        "property value country confidence fact",
        [
            "m4sd:endDate 2018-01-31 - confidence:high id:fact-B0043",
            "m4sd:endDate 2018-01 - confidence:high id:fact-B0433",
            "m4sd:endDate 2018 - confidence:medium id:fact-B0434",
            "m4sd:endDate 2017 area:498 confidence:high id:fact-B0715",
            "m4sd:startDate 2014-02-01 - confidence:high id:fact-B0042",
            "m4sd:startDate 2014-02 - confidence:high id:fact-B0432",
            "m4sd:startDate 2014 area:498 confidence:high id:fact-B0714",
        ],
    ),
    "least-developed-on-a-date": (
        "country from until",
        ["area:050 1975-12-12 2026-11-24", "area:524 1971-11-18 2026-11-24", "area:686 2000 2029-12-19"],
    ),
    "iom-under-any-identifier": (
        "role thing",
        [
            "role:funding id:policy-jm-imd",
            *(
                f"role:implementing id:{thing}"
                for thing in (
                    "initiative-ma-oriental-psychosocial",
                    "initiative-md-joint-roadmap",
                    "initiative-md-mptf",
                    "initiative-rs-mptf",
                    "initiative-tn-mm2",
                    "initiative-tn-mm3",
                    "phase-m4sd-1",
                    "phase-m4sd-2",
                    "phase-m4sd-3",
                    "programme-iom-undp-covid-seed",
                    "programme-m4sd",
                )
            ),
            "role:organiser id:meeting-ec-m4sd-launch",
            "role:organiser id:meeting-kg-roundtable",
            "role:organiser id:meeting-m4sd-ma-closing",
            "role:organiser id:meeting-ma-tangier-replication",
            "role:partner id:programme-jmdi",
            "role:supporter id:initiative-kg-roza-local",
            "role:supporter id:policy-bd-diaspora",
            "role:supporter id:policy-ec-human-mobility-plan",
            "role:supporter id:policy-md-2020",
            "role:supporter id:practice-md-diaspora-hub",
        ],
    ),
    "indicators-of-target-10-7": (
        "code indicator edition",
        [
            "10.7.1 sdg:C100701 2017",
            "10.7.1 sdg:C100701 2020",
            "10.7.2 sdg:C100702 2017",
            "10.7.2 sdg:C100702 2020",
            "10.7.3 id:indicator-10-7-3 2020",
            "10.7.4 id:indicator-10-7-4 2020",
        ],
    ),
    "initiatives-per-goal": (
        "goal status author initiatives",
        [
            f"sdg:1 claim-status:reported {M4D} 2",
            f"sdg:2 claim-status:reported {M4D} 1",
            f"sdg:3 claim-status:annotated {CURATORS} 1",
            f"sdg:3 claim-status:reported {M4D} 1",
            f"sdg:4 claim-status:reported {M4D} 4",
            f"sdg:5 claim-status:reported {M4D} 2",
            f"sdg:6 claim-status:reported {M4D} 1",
            f"sdg:7 claim-status:reported {M4D} 1",
            f"sdg:8 claim-status:annotated {CURATORS} 1",
            f"sdg:8 claim-status:reported {M4D} 4",
            f"sdg:9 claim-status:reported {M4D} 2",
            f"sdg:10 claim-status:annotated {CURATORS} 1",
            f"sdg:10 claim-status:reported {M4D} 4",
            f"sdg:10 claim-status:reported {NETWORK} 1",
            *(f"sdg:{goal} claim-status:reported {M4D} 1" for goal in (11, 13, 14, 15)),
            f"sdg:16 claim-status:reported {M4D} 1",
            f"sdg:16 claim-status:reported {NETWORK} 1",
            f"sdg:17 claim-status:reported {M4D} 1",
            f"sdg:17 claim-status:reported {NETWORK} 1",
        ],
    ),
    "funders-of-initiatives": ("initiative way funder", funders()),
    "initiatives-by-region": (
        "regionEn initiatives region",
        ["Africa 5 area:002", "Americas 2 area:019", "Europe 3 area:150"],
    ),
    "joint-implementation": (
        "intervention organisations",
        [
            "id:initiative-md-joint-roadmap 2",
            "id:initiative-md-mptf 4",
            "id:initiative-rs-mptf 4",
            "id:initiative-tn-mm2 2",
            "id:phase-m4sd-1 2",
            "id:phase-m4sd-2 2",
            "id:phase-m4sd-3 2",
            "id:programme-iom-undp-covid-seed 2",
            "id:programme-m4sd 2",
        ],
    ),
    "replication": (
        "thing relation place fact confidence",
        [f"{ORIENTAL} m4sd:intendedReplicationIn id:area-MA-01 id:fact-B0482 confidence:medium"],
    ),
    "absent-stakeholder-types": (
        "type",
        [
            "stakeholder-type:academia",
            "stakeholder-type:diaspora",
            "stakeholder-type:diplomatic-corps",
            "stakeholder-type:migrant-organisation",
            "stakeholder-type:migrants",
        ],
    ),
    "sectors-and-dac-codes": (
        "sector match code",
        [
            *(f"sector:education skos:narrowMatch {DAC}{code}" for code in (111, 112, 113, 114)),
            f"sector:employment skos:closeMatch {DAC}16020",
            *(f"sector:health skos:narrowMatch {DAC}{code}" for code in (121, 122, 123)),
            f"sector:social-security skos:closeMatch {DAC}16010",
            f"sector:social-security skos:narrowMatch {DAC}16012",
        ],
    ),
    "results-broken-down": (
        "result dimension",
        [
            f"id:result-jm-jmdi1-deported-women-trained <{CODES}sex>",
            f"id:result-ma-oriental-people-supported <{CODES}migratoryStatus>",
            f"id:result-ma-oriental-people-supported <{CODES}sex>",
        ],
    ),
    "phases-before-phase-three": (
        "ordinal phase start end",
        ["2 id:phase-m4sd-2 2014-02-01 2018-01-31", "1 id:phase-m4sd-1 2011 2013"],
    ),
    "facts-of-a-sentence": (
        "fact thing property",
        [
            "id:fact-A33 id:programme-m4sd m4sd:launchDate",
            "id:fact-A34 id:phase-m4sd-3 m4sd:phaseOf",
            "id:fact-A35 id:phase-m4sd-2 m4sd:precedes",
            "id:fact-A36 id:programme-m4sd m4sd:hasObjective",
            "id:fact-A37 id:programme-m4sd m4sd:hasObjective",
            "id:fact-A38 id:programme-m4sd m4sd:hasObjective",
            "id:fact-A39 id:programme-m4sd m4sd:alignedWith",
        ],
    ),
    "budgets-known-and-unknown": (
        "intervention amount currency",
        [
            "id:phase-jmdi-1 - -",
            "id:phase-jmdi-2 9500000 USD",
            "id:phase-m4sd-1 - -",
            "id:phase-m4sd-2 - -",
            "id:phase-m4sd-3 - -",
            "id:programme-iom-undp-covid-seed - -",
            "id:programme-jmdi - -",
            "id:programme-m4sd - -",
        ],
    ),
    "datasets": (
        "dataset licence",
        [
            f"dataset:{name} <https://creativecommons.org/licenses/by/4.0/>"
            for name in ("annotation", "background", "reference", "seed")
        ],
    ),
    "sources-of-a-thing": (
        "dataset record source",
        [
            f"dataset:{dataset} <{RECORD}/{dataset}/initiative-ma-oriental-psychosocial> id:{source}"
            for dataset, sources in (
                ("annotation", ("document-S-EN", "document-S-FR")),
                ("background", ("source-heuredujournal-ma-closing-seminar", "source-iom-morocco-oriental-units")),
                ("seed", ("document-S-EN", "document-S-FR")),
            )
            for source in sources
        ],
    ),
    "gcm-objectives": (
        "objective status initiatives",
        [
            "gcm-objective:1 claim-status:reported 2",
            "gcm-objective:2 claim-status:reported 3",
            "gcm-objective:3 claim-status:reported 1",
            "gcm-objective:4 claim-status:reported 1",
            "gcm-objective:6 claim-status:reported 3",
            "gcm-objective:12 claim-status:reported 1",
            "gcm-objective:15 claim-status:annotated 1",
            "gcm-objective:15 claim-status:reported 3",
            "gcm-objective:16 claim-status:reported 2",
            "gcm-objective:18 claim-status:reported 2",
            "gcm-objective:19 claim-status:reported 4",
            "gcm-objective:22 claim-status:reported 1",
            "gcm-objective:23 claim-status:reported 1",
        ],
    ),
    "programme-targets": (
        "target status author stated",
        [
            f"{target} claim-status:annotated {CURATORS} id:passage-{passage}"
            for target, passages in (
                ("sdg:10.7", ("E5", "F4")),
                ("sdg:17.14", ("E5", "F4")),
                ("sdg:17.16", ("E2", "E4", "F1", "F3")),
                ("sdg:17.17", ("E10", "E12", "F11", "F9")),
                ("sdg:17.18", ("E12", "F11")),
                ("sdg:8.6", ("E8", "F7")),
            )
            for passage in passages
        ],
    ),
}

each = pytest.mark.parametrize("example", ALL, ids=lambda example: example.name)


def solutions(store: Store, text: str) -> tuple[list[str], list[QuerySolution]]:
    """Return columns and rows; the store knows no prefix, so the text must declare what it uses."""
    found = store.query(text)
    assert isinstance(found, QuerySolutions)
    return [variable.value for variable in found.variables], list(found)


def word(solution: QuerySolution, column: str) -> str:
    value = solution[column]
    if isinstance(value, NamedNode):
        return short(value.value)
    return value.value if isinstance(value, Literal) else "-"


def rows(store: Store, text: str, columns: str) -> list[str]:
    return [" ".join(word(row, column) for column in columns.split()) for row in solutions(store, text)[1]]


def example(name: str) -> Example:
    found = find(name)
    assert found is not None, name
    return found


# --- the answers


@each
def test_an_example_has_an_expected_answer(example: Example) -> None:
    assert example.name in EXPECTED


def test_no_expected_answer_is_left_without_its_example() -> None:
    assert set(EXPECTED) == {example.name for example in ALL}


@pytest.mark.parametrize("name", EXPECTED)
def test_an_example_gives_its_expected_answer(published: Store, name: str) -> None:
    columns, expected = EXPECTED[name]
    assert rows(published, example(name).text, columns) == expected


@each
def test_an_example_repeats_no_row(published: Store, example: Example) -> None:
    found = [tuple(map(str, row)) for row in solutions(published, example.text)[1]]
    assert len(found) == len(set(found))


@each
def test_what_has_an_iri_is_named_in_both_languages(published: Store, example: Example) -> None:
    columns, found = solutions(published, example.text)
    labels = [column for column in columns if re.search(r"(En|Fr)$", column)]
    assert bool(labels) or "moreThan" in columns
    for row in found:
        for label in labels:
            value, thing = row[label], label[:-2]
            named = isinstance(value, Literal) and value.language == label[-2:].lower()
            assert named or (thing in columns and row[thing] is None), (label, row)


@each
def test_the_door_out_answers_as_the_store_does(published: Store, example: Example) -> None:
    found = answer(published, Question(example.text), "json", "turtle")
    assert len(json.loads(found.body)["results"]["bindings"]) == len(solutions(published, example.text)[1])
    assert (found.empty, found.unknown) == (False, ())


@pytest.mark.parametrize(
    ("name", "old", "new", "columns", "expected"),
    [
        ("sentences-of-a-fact", '"A57"', '"A04"', "document sentence", ["S-EN E1"]),
        ("facts-of-a-sentence", '"E5"', '"F8"', "fact", ["id:fact-A55", "id:fact-A56", "id:fact-A57"]),
        ("least-developed-on-a-date", "2022-06-13", "2026-11-25", "country", ["area:686"]),
        ("least-developed-on-a-date", "2022-06-13", "1999-12-31", "country", ["area:050", "area:524"]),
        (
            "indicators-with-several-targets",
            '"2017"',
            '"2020"',
            "indicator targets",
            [
                *EXPECTED["indicators-with-several-targets"][1],
                "id:indicator-13-2-1 2",
                "id:indicator-4-7-1 3",
                "id:indicator-7-b-1 2",
            ],
        ),
        ("results-in-morocco", "area:504", "area:788", "result", []),
    ],
)
def test_an_example_may_be_changed_as_its_note_says(
    published: Store, name: str, old: str, new: str, columns: str, expected: list[str]
) -> None:
    text = example(name).text
    assert old in text
    assert rows(published, text.replace(old, new), columns) == expected


@pytest.mark.parametrize("known", ['"XM-DAC-47066"', '"IOM"@en', '"OIM"@fr'])
def test_iom_is_found_by_its_code_or_either_acronym_alone(published: Store, known: str) -> None:
    columns, expected = EXPECTED["iom-under-any-identifier"]
    text = re.sub(r"VALUES \?known \{.*\}", f"VALUES ?known {{ {known} }}", example("iom-under-any-identifier").text)
    assert rows(published, text, columns) == expected


def test_the_breakdowns_of_the_people_in_oriental_add_up(published: Store) -> None:
    found = [
        row.split() for row in rows(published, example("oriental-people-by-sex-and-status").text, "sex status figure")
    ]
    by_sex = sum(int(figure) for sex, _, figure in found if sex != "sex:_T")
    by_status = sum(int(figure) for _, status, figure in found if status != "migratoryStatus:_T")
    (whole,) = (int(figure) for sex, status, figure in found if (sex, status) == ("sex:_T", "migratoryStatus:_T"))
    assert by_sex == by_status == whole


@pytest.mark.parametrize("example", [each for each in ALL if each.number in ARTICLES], ids=lambda example: example.name)
def test_an_answer_from_the_articles_leads_to_document_sentence_and_offsets(published: Store, example: Example) -> None:
    columns, found = solutions(published, example.text)
    assert set(columns) > set(SENTENCE.split())
    assert all(row[column] is not None for row in found for column in SENTENCE.split())


# --- the library


def test_every_competency_question_has_its_example_and_no_two_share_a_number() -> None:
    numbers = [example.number for example in ALL]
    assert len(numbers) == len(set(numbers))
    assert set(numbers) >= COMPETENCY
    assert all(number in COMPETENCY or number > 100 for number in numbers)


def test_the_five_questions_to_start_with_are_marked() -> None:
    assert {example.number for example in ALL if "start" in example.tags} == START


@each
def test_an_example_asks_in_both_languages_and_bears_tags(example: Example) -> None:
    assert set(example.title) == {"en", "fr"}
    assert example.title["en"].endswith("?")
    assert example.title["fr"].endswith(" ?")
    assert set(example.note) in (set(), {"en", "fr"})
    assert example.tags
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", example.name)


@each
def test_an_example_declares_the_prefixes_that_it_uses_and_no_others(example: Example) -> None:
    declared = dict(re.findall(r"^PREFIX ([\w-]+): <(.*)>$", example.text, re.MULTILINE))
    body = re.sub(r"#.*$|<[^>\s]*>", "", example.text.partition("\nSELECT")[2], flags=re.MULTILINE)
    assert list(declared) == sorted(set(re.findall(r"(?<![\w?-])([a-zA-Z][\w-]*):(?=\w)", body)))
    assert declared == {prefix: PREFIXES[prefix] for prefix in declared}


@each
def test_an_example_gives_its_rows_in_a_fixed_order(example: Example) -> None:
    assert "\nORDER BY " in example.text


def test_nothing_else_lies_among_the_examples() -> None:
    assert {path.suffix for path in QUERIES.iterdir()} == {".rq"}
