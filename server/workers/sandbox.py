"""Take the network away from a process, and with it SERVICE and whatever else the engine might call.

A seccomp filter (Linux, prctl(2) and seccomp(2)) makes the calls that open, use or pass sockets, start programs or look
into other processes fail with EPERM, for the whole process and for good. Nothing needs privileges.
"""

import ctypes
import errno
import os
import platform
import struct
from contextlib import suppress
from pathlib import Path
from typing import Final

from graph.errors import M4sdError

# What is denied, by the numbers of each machine (Linux uapi headers); the last three are the same everywhere.
_DENIED: Final = {
    "x86_64": {
        "socket": 41, "connect": 42, "accept": 43, "sendto": 44, "recvfrom": 45, "sendmsg": 46, "recvmsg": 47,
        "bind": 49, "listen": 50, "socketpair": 53, "execve": 59, "ptrace": 101, "accept4": 288, "recvmmsg": 299,
        "sendmmsg": 307, "process_vm_readv": 310, "process_vm_writev": 311, "bpf": 321, "execveat": 322,
        "userfaultfd": 323, "pidfd_getfd": 438, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427,
    },
    "aarch64": {
        "socket": 198, "socketpair": 199, "bind": 200, "listen": 201, "accept": 202, "connect": 203, "sendto": 206,
        "recvfrom": 207, "sendmsg": 211, "recvmsg": 212, "execve": 221, "ptrace": 117, "accept4": 242, "recvmmsg": 243,
        "sendmmsg": 269, "process_vm_readv": 270, "process_vm_writev": 271, "bpf": 280, "execveat": 281,
        "userfaultfd": 282, "pidfd_getfd": 438, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427,
    },
}  # fmt: skip
_ARCHITECTURE: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # AUDIT_ARCH_*
_X32: Final = 0x40000000

# Berkeley packet filter: load a word, jump if equal, jump if at least, return.
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER, _ARCH = 0, 4  # offsets in struct seccomp_data

_PR_SET_NO_NEW_PRIVS, _PR_GET_SECCOMP = 38, 21
_SYS_SECCOMP: Final = {"x86_64": 317, "aarch64": 277}
_SECCOMP_SET_MODE_FILTER, _SECCOMP_FILTER_FLAG_TSYNC = 1, 1


class NoSandbox(M4sdError):
    """Say that this machine cannot take the network from a process."""

    template = (
        "This machine has no seccomp, so a query could reach the network from here. "
        "Start with --unsandboxed to serve all the same; SERVICE is then refused by its word alone."
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def available() -> bool:
    """Return whether this machine can close a process's sandbox."""
    libc = ctypes.CDLL(None, use_errno=True)
    return platform.machine() in _DENIED and libc.prctl(_PR_GET_SECCOMP, 0, 0, 0, 0) >= 0


def required(unsandboxed: bool) -> bool:
    """Return whether workers run in the sandbox; raise NoSandbox where they cannot and nobody allowed that."""
    if not available() and not unsandboxed:
        raise NoSandbox
    return available()


def close() -> None:
    """Deny this process, its threads and children the network and other programs; raise OSError where that fails."""
    machine = platform.machine()
    if machine not in _DENIED:
        raise OSError(errno.ENOSYS, f"no seccomp filter is known for {machine}")
    code = _filter(machine)
    program = _Program(len(code) // 8, code)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "no_new_privs was refused")
    flags = _SECCOMP_FILTER_FLAG_TSYNC
    if libc.syscall(_SYS_SECCOMP[machine], _SECCOMP_SET_MODE_FILTER, flags, ctypes.byref(program)) != 0:
        raise OSError(ctypes.get_errno(), "the seccomp filter was refused")


def close_others(keep: int) -> None:
    """Close every inherited file but `keep` and the standard ones.

    Among them are sockets, and the pipe by which a fork server knows that somebody needs it still: a worker that held
    it would keep the fork server alive when the web process is gone, and itself with it.
    """
    for entry in list(Path("/proc/self/fd").iterdir()):
        number = int(entry.name)
        if number > 2 and number != keep:
            with suppress(OSError):  # the folder's own descriptor is gone by now
                os.close(number)


def _filter(machine: str) -> bytes:
    """Return the filter: another architecture is killed, x32 and what is denied fail, all else passes."""
    denied = sorted(_DENIED[machine].values())
    count = len(denied)
    lines = [
        (_LOAD, 0, 0, _ARCH),
        (_EQUAL, 1, 0, _ARCHITECTURE[machine]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, count + 1, 0, _X32),
        *((_EQUAL, count - place, 0, number) for place, number in enumerate(denied)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERRNO | errno.EPERM),
    ]
    return b"".join(struct.pack("HBBI", *line) for line in lines)
