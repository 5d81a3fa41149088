"""The child process in which bagit-python looks at bags. It can neither write nor connect."""

from __future__ import annotations

import json
import logging
import os
import sys
from typing import Any

from archiver.deputy import attend

MODULE = __name__
_MESSAGE = 2_000
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_FORBIDDEN = (
    *("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate"),
    *("os.chmod", "os.chown", "os.utime", "os.setxattr", "os.removexattr", "os.system", "os.exec"),
    *("os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "subprocess.Popen", "shutil."),
    *("socket.", "tempfile.", "ctypes."),
)


class ForbiddenError(RuntimeError):
    """bagit-python tried to do what no reader of bags does."""


def serve() -> None:
    """Answer for the path of each bag what bagit-python says of it, until nobody asks any more."""
    os.environ["LANGUAGE"] = "C"  # its messages are told apart by their words
    sys.dont_write_bytecode = True
    import bagit

    logging.getLogger("bagit").addHandler(logging.NullHandler())
    logging.disable()
    sys.addaudithook(guard)
    # As JSON, whose text can hold names that are not UTF-8 (as lone surrogates).
    attend(lambda path: json.dumps(look(bagit, json.loads(path))).encode())


def look(bagit: Any, path: str) -> dict[str, object]:
    """Return version, verdict ("valid", "invalid", "crash"), and what it said.

    ``details`` are pairs of a kind of fault and the path it is about.
    """
    said: dict[str, object] = {"version": str(bagit.VERSION), "error": "", "message": ""}
    try:
        bagit.Bag(path).validate(processes=1)
    except bagit.BagError as error:
        faults = getattr(error, "details", None) or []
        message = getattr(error, "message", None) or str(error)
        details = [(type(one).__name__, getattr(one, "path", "")) for one in faults]
        return {**said, **_told(error, message), "verdict": "invalid", "details": details}
    except (ForbiddenError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 (whatever it breaks off with is its answer)
        return {**said, **_told(error, str(error)), "verdict": "crash", "details": []}
    return {**said, "verdict": "valid", "details": []}


def _told(error: Exception, message: str) -> dict[str, object]:
    return {"error": type(error).__name__, "message": message[:_MESSAGE]}


def guard(event: str, arguments: tuple[Any, ...]) -> None:
    """Raise :class:`ForbiddenError` for an audit event by which something is written or sent."""
    if event == "open":
        mode, flags = arguments[1], arguments[2]
        writes = isinstance(flags, int) and bool(flags & _WRITING)
        writes |= isinstance(mode, str) and not set(mode).isdisjoint("wax+")
    else:
        writes = event.startswith(_FORBIDDEN)
    if writes:
        raise ForbiddenError(event)
