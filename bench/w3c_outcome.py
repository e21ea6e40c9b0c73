"""Hold what became of a test."""

from dataclasses import dataclass

from bench.w3c_manifest import Case


@dataclass(frozen=True, slots=True)
class Outcome:
    """Say whether a test passed, why not, and whether only the numeric values agreed, not their spelling."""

    case: Case
    passed: bool
    detail: str = ""
    by_value: bool = False
