"""Run work on a deep stack: the engine recurses on nesting, and an overflow ends the process."""

import threading
import traceback
from collections.abc import Callable
from typing import Final, TypeVar

# With this stack and the cap on a query's length, no query that was tried overflowed it.
STACK: Final = 512 * 1024 * 1024

Result = TypeVar("Result")
_SIZE = threading.Lock()


def on_deep_stack(work: Callable[[], Result]) -> Result:
    """Return what `work` returns, or raise what it raises, from a thread with a deep stack."""
    done: list[Result] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:  # a Rust panic is no Exception; the caller raises it again
            traceback.clear_frames(error.__traceback__)  # the engine's results may be dropped in this thread only
            failed.append(error)

    with _SIZE:  # the size is the process's, and holds for the next thread that starts
        before = threading.stack_size(STACK)
        thread = threading.Thread(target=run, name="deep", daemon=True)
        thread.start()
        threading.stack_size(before)
    thread.join()
    if failed:
        raise failed[0]
    return done[0]
