"""What systemd is told of the process it started: that it runs, that it is alive, what it lacks, that it ends.

The protocol is that of sd_notify(3): a datagram of lines to the socket that the environment names. Started by anything
else the process tells nobody. A watchdog that is not fed restarts the process; it is fed only while every loop acts.
"""

import os
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final, Protocol

from oracle_node.health import Check

_BEAT_SECONDS: Final = 30
"""Between two words where no watchdog is asked for; with one, a third of its patience."""
_MICROSECONDS: Final = 1_000_000


class HasHealth(Protocol):
    """A node's health, as far as it is asked."""

    def late(self) -> Mapping[str, int]:
        """Loops that hang."""

    def unready(self) -> tuple[Check, ...]:
        """Checks that fail."""


def notify(*lines: str) -> bool:
    """Tell systemd; False where it is not listening."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    # An abstract address begins with a zero byte, which no variable can hold.
    where = "\0" + address[1:] if address[0] == "@" else address
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as speaking:
            speaking.sendto("\n".join(lines).encode(), where)
    except OSError:
        return False  # the node goes on: a word to systemd is not worth a fixing
    return True


@contextmanager
def told(health: HasHealth) -> Iterator[None]:
    """Tell systemd that the process runs while the block does, and again and again that it is alive, where it is."""
    over = threading.Event()
    pause = _pause()

    def beat() -> None:
        while not over.wait(pause):
            late, unready = health.late(), health.unready()
            if late:
                notify(f"STATUS=these loops hang: {', '.join(late)}")
            else:
                lacks = ", ".join(each.name for each in unready)
                notify("WATCHDOG=1", f"STATUS=not ready: {lacks}" if lacks else "STATUS=alive and ready")

    thread = threading.Thread(target=beat, name="systemd", daemon=True)
    if notify("READY=1", "STATUS=started"):
        thread.start()
    try:
        yield
    finally:
        over.set()
        notify("STOPPING=1")


def _pause() -> int:
    """Seconds between two words, at least one."""
    asked = os.environ.get("WATCHDOG_USEC", "")
    mine = os.environ.get("WATCHDOG_PID", "") in ("", str(os.getpid()))
    if not (mine and asked.isascii() and asked.isdigit() and int(asked)):
        return _BEAT_SECONDS
    return max(1, int(asked) // (3 * _MICROSECONDS))
