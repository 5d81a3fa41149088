"""What can be done to the program at one of its steps.

Each deed is given its argument, the step, and the call it stands before; it returns the result.
"""

from __future__ import annotations

import fcntl
import os
import signal
import stat
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.crash.steps import Step

Call = Callable[[], Any]

_IOC_SHUTDOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN and XFS_IOC_GOINGDOWN are the same number
_NOTHING_MORE_IS_WRITTEN = 2  # NOLOGFLUSH: not even the journal

_thread = threading.local()


@contextmanager
def own_business() -> Iterator[None]:
    """What this thread does in the block is our doing and no step of the program's."""
    _thread.busy = True
    try:
        yield
    finally:
        _thread.busy = False


def on_own_business() -> bool:
    """Whether this thread is in such a block."""
    return getattr(_thread, "busy", False)


def _die(argument: int | str, step: Step, call: Call) -> Any:
    del argument, step, call
    os.kill(os.getpid(), signal.SIGKILL)


def _act_and_die(argument: int | str, step: Step, call: Call) -> Any:
    call()
    return _die(argument, step, call)


def _cut_power(argument: int | str, step: Step, call: Call) -> Any:
    """Take the ext4 or XFS mounted at ``argument`` away as a power cut would, and die."""
    with own_business():
        fd = os.open(str(argument), os.O_RDONLY)
        fcntl.ioctl(fd, _IOC_SHUTDOWN, struct.pack("I", _NOTHING_MORE_IS_WRITTEN))
    return _die(argument, step, call)


def _fail(argument: int | str, step: Step, call: Call) -> Any:
    del call
    raise OSError(int(argument), os.strerror(int(argument)), step.path)


def _signal(argument: int | str, step: Step, call: Call) -> Any:
    del step
    os.kill(os.getpid(), int(argument))
    return call()


def _hold(argument: int | str, step: Step, call: Call) -> Any:
    """Stop until somebody has read from one FIFO and written to another (``argument``.*)."""
    del step
    with own_business():
        Path(f"{argument}.reached").write_bytes(b"here")
        Path(f"{argument}.go").read_bytes()
    return call()


def _fill(argument: int | str, step: Step, call: Call) -> Any:
    """Use up every free block of the file system, then go on."""
    del step
    with own_business():
        _use_up_all_room(str(argument))
    return call()


def _use_up_all_room(path: str) -> None:
    if os.path.exists(path):
        return
    chunk = 1 << 20
    with open(path, "wb", buffering=0) as filler:
        while chunk:
            try:
                filler.write(bytes(chunk))
            except OSError:
                chunk //= 2


def _lie(argument: int | str, step: Step, call: Call) -> Any:
    """Write, and let the medium keep something else: one bit of the file turns."""
    del argument
    done = call()
    with own_business():
        if stat.S_ISREG(os.stat(step.path).st_mode) and os.path.getsize(step.path) > 0:
            _turn_a_bit(step.path)
    return done


def _turn_a_bit(path: str) -> None:
    with open(path, "r+b", buffering=0) as file:
        middle = os.path.getsize(path) // 2
        byte = os.pread(file.fileno(), 1, middle)
        os.pwrite(file.fileno(), bytes([byte[0] ^ 0x04]), middle)


def _meddle(argument: int | str, step: Step, call: Call) -> Any:
    """Call, then let a shell do something to the source while it is being read."""
    del step
    done = call()
    with own_business():
        code = os.system(str(argument))
    if code != 0:
        sys.stderr.write(f"meddling failed: {argument}\n")
    return done


DEEDS: dict[str, Callable[[int | str, Step, Call], Any]] = {
    "kill-before": _die,
    "kill-after": _act_and_die,
    "cut-power": _cut_power,
    "fail": _fail,
    "signal": _signal,
    "hold": _hold,
    "fill": _fill,
    "lie": _lie,
    "meddle": _meddle,
}
