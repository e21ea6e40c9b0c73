"""Name what can go wrong with what is kept on the disk.

M4sdError
    Busy             somebody else writes in the folder
    Broken           the disk refused something in the middle of a change: end this process, and start again
    NoRoom           the disk is nearly full, and nothing was begun
    Damaged          what is kept is not what was acknowledged
        JournalDamaged
        StoreDamaged
        BackupDamaged
    NotPossible      a change, an undo, a release cannot be made as it is asked
        Unsound        what an undo would leave breaks rules
"""

from graph.errors import M4sdError, Said, said


class Busy(M4sdError):
    """Say who writes in a folder."""

    template = "{path} is being written by {who} (process {pid}, since {since}). Ask there, or wait until it has ended."

    def __init__(self, path: object, who: object, pid: object, since: object) -> None:
        super().__init__(path=path, who=who, pid=pid, since=since)


class Broken(M4sdError):
    """Quote what the disk said; the process that gets this ends, and the next one starts from the journal."""

    template = "The disk refused a change ({why}). Nothing that was acknowledged is lost; the writer starts again."

    def __init__(self, why: object) -> None:
        super().__init__(why=why)


class NoRoom(M4sdError):
    """Say that the disk is nearly full."""

    template = (
        "The disk has {free} MB left, and changes need {margin} MB. Nothing was changed, and reading goes on. "
        "Free some space."
    )

    def __init__(self, free: int, margin: int) -> None:
        super().__init__(free=free >> 20, margin=margin >> 20)


class Damaged(M4sdError):
    """Say what is not as it was acknowledged, and how to mend it."""

    template = (
        "{path}: {detail}. Nothing was changed. Restore the newest backup into an empty folder: m4sd restore BACKUP"
    )

    def __init__(self, path: object, detail: Said) -> None:
        super().__init__(path=path, detail=detail)
        self.detail = detail


class JournalDamaged(Damaged):
    """Say where the journal breaks."""


class StoreDamaged(Damaged):
    """Say how the store and the journal contradict each other."""


class BackupDamaged(Damaged):
    """Say what of a backup is not as it was written."""

    template = "{path}: {detail}. Nothing was changed. Take another backup."


class NotPossible(M4sdError):
    """Say why something cannot be done as it is asked."""

    template = "{detail}"

    def __init__(self, detail: Said) -> None:
        super().__init__(detail=detail)
        self.detail = detail


class Unsound(NotPossible):
    """Say which rules what an undo would leave breaks."""

    def __init__(self, sequence: int, count: int, findings: Said) -> None:
        super().__init__(
            said(
                "undoing change {sequence} would leave {count} rules broken; mend that first. {findings}",
                sequence=sequence,
                count=count,
                findings=findings,
            )
        )
