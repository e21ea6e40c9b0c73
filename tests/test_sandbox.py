"""Show that a closed process reaches no network and starts no program, whatever the engine tries."""

import socket
import subprocess
import sys

CLOSED = """
import os, socket, sys
from server.workers import sandbox
sandbox.close()
try:
    {attempt}
except PermissionError:
    sys.exit(0)
except Exception as error:
    print(type(error), error)
    sys.exit(0 if "ermit" in str(error) else 1)
sys.exit(2)
"""


def outcome(attempt: str) -> int:
    code = CLOSED.replace("{attempt}", attempt)
    return subprocess.run([sys.executable, "-c", code], check=False, timeout=30).returncode


def test_no_socket_of_any_family_can_be_opened() -> None:
    for family in ("AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK"):
        assert outcome(f"socket.socket(socket.{family}, socket.SOCK_DGRAM)") == 0, family


def test_no_program_can_be_started() -> None:
    assert outcome('os.execv("/bin/true", ["true"])') == 0


def test_a_thread_that_ran_before_is_closed_too() -> None:
    code = """
import socket, sys, threading
from server.workers import sandbox
go, found = threading.Event(), []
def late():
    go.wait()
    try:
        socket.socket()
        found.append("open")
    except PermissionError:
        found.append("closed")
thread = threading.Thread(target=late)
thread.start()
sandbox.close()
go.set()
thread.join()
sys.exit(found != ["closed"])
"""
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=30).returncode == 0


def test_the_engines_own_service_call_does_not_leave_the_process() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.5)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        attempt = (
            f'__import__("pyoxigraph").Store().query("SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}").__next__()'
        )
        assert outcome(attempt) == 0
        try:
            listener.accept()
            raise AssertionError("somebody connected")
        except TimeoutError:
            pass
