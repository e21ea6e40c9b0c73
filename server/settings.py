"""Read the settings once, at the edge, from the environment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from graph.validate.report import THRESHOLD
from server.limits import Limits, Role


@dataclass(frozen=True, slots=True)
class Settings:
    """Say where the store lies, where to listen, whom to trust, and what is bounded."""

    store: Path = Path(".m4sd")
    host: str = "127.0.0.1"
    port: int = 8000
    lang: str = "en"
    documents: Path | None = None
    proxy: bool = False  # whether a reverse proxy stands in front and names the client
    log: bool = True  # whether each request has its line on standard error
    unsandboxed: bool = False  # whether workers may run where seccomp is missing
    threshold: int = THRESHOLD  # people; a smaller count of them is held for a reviewer
    limits: Limits = field(default_factory=Limits)


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Return the settings that variables such as M4SD_STORE give.

    Limits come from M4SD_LIMIT_SLOW and the like, those of a role from M4SD_ANONYMOUS_DEADLINE and the like.
    """
    given = {key: environment[f"M4SD_{key.upper()}"] for key in _KINDS if environment.get(f"M4SD_{key.upper()}")}
    values: dict[str, Any] = {key: _KINDS[key](value) for key, value in given.items()}  # each field has its own type
    return Settings(**values, limits=limits_from(environment))


def limits_from(environment: Mapping[str, str]) -> Limits:
    """Return the limits, each by its variable or by default."""
    default = Limits()
    anonymous = _given(default.anonymous, "M4SD_ANONYMOUS_", environment)
    trusted = _given(default.trusted, "M4SD_TRUSTED_", environment)
    return replace(_given(default, "M4SD_LIMIT_", environment), anonymous=anonymous, trusted=trusted)


def moment(environment: Mapping[str, str]) -> datetime:
    """Return now, or the time that SOURCE_DATE_EPOCH fixes (reproducible-builds.org), to the second, in UTC."""
    epoch = environment.get("SOURCE_DATE_EPOCH")
    now = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    return now.replace(microsecond=0)


Some = TypeVar("Some", Limits, Role)


def _given(default: Some, prefix: str, environment: Mapping[str, str]) -> Some:
    """Return limits with what the environment gives instead of the default, in the default's own type."""
    kinds = {each.name: type(getattr(default, each.name)) for each in fields(default)}
    texts = {key: environment.get(prefix + key.upper()) for key, kind in kinds.items() if kind in (int, float)}
    return replace(default, **{key: kinds[key](text) for key, text in texts.items() if text})


_KINDS: Mapping[str, Callable[[str], object]] = {
    "store": Path,
    "host": str,
    "port": int,
    "lang": str,
    "threshold": int,
    "documents": Path,
    "proxy": lambda text: text == "1",
    "log": lambda text: text != "0",
    "unsandboxed": lambda text: text == "1",
}
