"""Read the settings once, at the edge, from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Say where the store lies, where to listen, and which language to speak when nobody asks for one."""

    store: Path = Path(".m4sd")
    host: str = "127.0.0.1"
    port: int = 8000
    lang: str = "en"
    documents: Path | None = None


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Return the settings that the variables M4SD_STORE, M4SD_HOST, M4SD_PORT, M4SD_LANG, M4SD_DOCUMENTS give."""
    given = {f.name: environment[f"M4SD_{f.name.upper()}"] for f in fields(Settings) if _has(environment, f.name)}
    kinds = {"store": Path, "documents": Path, "port": int}
    return Settings(**{key: kinds.get(key, str)(value) for key, value in given.items()})


def moment(environment: Mapping[str, str]) -> datetime:
    """Return now, or the time that SOURCE_DATE_EPOCH fixes (reproducible-builds.org), to the second, in UTC."""
    epoch = environment.get("SOURCE_DATE_EPOCH")
    now = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    return now.replace(microsecond=0)


def _has(environment: Mapping[str, str], field: str) -> bool:
    return bool(environment.get(f"M4SD_{field.upper()}"))
