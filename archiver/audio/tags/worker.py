"""The worker process: paths in, records out, one JSON line each; it holds itself to its limits.

Started by :mod:`archiver.audio.tags.process`. Lines in: ``{"id", "path"}``. Lines out: first
``{"ready": true}`` (or ``{"unusable": reason}``), then ``{"id", "record"}``, with ``"last":
true`` when the worker is spent and leaves after this answer.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

from archiver.audio.record import describe, empty_record, problem
from archiver.audio.source import open_source
from archiver.audio.tags.limits import Limits, allow_cpu, confine, is_spent, peak_memory


def main(limits_text: str) -> None:
    """Answer on the standard output until the standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us decides when to end
    answers = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # a library that prints must not answer for us
    limits = Limits.from_text(limits_text)
    try:
        import mutagen  # noqa: F401

        import archiver.audio.examine  # noqa: F401
    except ImportError as error:
        _say(answers, {"unusable": str(error)})
        return
    confine(limits)
    peak = peak_memory()
    _say(answers, {"ready": True})
    for line in sys.stdin.buffer:
        task = json.loads(line)
        allow_cpu(limits.cpu)
        found, spent = _answer(task["path"], limits)
        spent = spent or is_spent(peak)
        _say(answers, {"id": task["id"], "record": found, "last": spent})
        if spent:
            return


def _answer(path: str, limits: Limits) -> tuple[dict[str, Any], bool]:
    """Return the record of one file, and whether reading it left this process unfit for more."""
    from archiver.audio.examine import make_record

    spent = False
    try:
        source = open_source(path)
        try:
            found = make_record(source, limits)
        finally:
            source.close()
        if len(json.dumps(found)) > limits.answer:
            found = _without_tags(found, limits)
    except OSError as error:
        found = empty_record(None)
        found["problem"] = problem("audio-unreadable", error.strerror or str(error))
    except BaseException as error:  # noqa: BLE001 - nothing in a file may end the worker's loop
        spent = True
        found = empty_record(None)
        found["problem"] = problem("tags-unreadable", describe(error))
    return found, spent


def _without_tags(found: dict[str, Any], limits: Limits) -> dict[str, Any]:
    words = f"{len(found['tags'])} tags and {len(found['pictures'])} pictures make a record of"
    words += f" more than {limits.answer} bytes"
    kept = {**empty_record(found["format"]), "facts": found["facts"]}
    kept["problem"] = problem("tags-too-large", words)
    return kept if len(json.dumps(kept)) <= limits.answer else {**kept, "facts": {}}


def _say(fd: int, message: dict[str, Any]) -> None:
    line = memoryview(json.dumps(message, separators=(",", ":")).encode("ascii") + b"\n")
    while line:
        line = line[os.write(fd, line) :]
