"""End a process with the one that started it, even where that was killed (Linux, prctl(2))."""

import ctypes
import os
import signal
import sys
from multiprocessing import parent_process

_PR_SET_PDEATHSIG = 1


def hold(ending: signal.Signals) -> None:
    """Let the kernel send this process a signal as soon as its parent is gone; elsewhere than on Linux do nothing."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, ending, 0, 0, 0)
    parent = parent_process()
    if parent is not None and not parent.is_alive():
        os.kill(os.getpid(), ending)  # it went before the kernel knew
