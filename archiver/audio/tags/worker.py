"""The worker process: paths in, findings out, one JSON line each; it holds itself to its limits.

Started by :mod:`archiver.audio.tags.process`. Lines in: ``{"id", "path", "sound", "question"}``
and the fields of :class:`archiver.audio.decode.model.Wish`. Lines out: first ``{"ready": true}``
(or ``{"unusable": reason}``), then ``{"id", "answer"}``, with ``"last": true`` when the worker is
spent and leaves after this answer. An empty object tells, while a large file is read, that work
goes on. An answer is ``{"record", "essence", "verdict", "problems", "digests", "places"}``; without
``sound`` the file is not read to its end, and what would come of that is empty.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from archiver.audio.decode.model import Wish
from archiver.audio.examination import Question
from archiver.audio.record import describe, failed, problem
from archiver.audio.source import Source, open_source
from archiver.audio.tags.limits import Limits, allow_cpu, confine, is_spent, peak_memory

_BOOL = (b"false", b"true")
# What is left of a record that is too large: the parts whose size is bounded.
_KEPT = (
    "schema",
    "format",
    "version",
    "media_type",
    "pronom",
    "readers",
    "facts",
    "self_check",
    "decoding",
)


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

    def beat() -> None:
        """Say that work goes on, and take more processor time for it."""
        allow_cpu(limits.cpu)
        _say(answers, {})

    for line in sys.stdin.buffer:
        task = json.loads(line)
        allow_cpu(limits.cpu)
        answer, spent = _answer(task, limits, beat)
        spent = spent or is_spent(limits, peak)
        _write(answers, b'{"id":%d,"last":%s,"answer":%s}' % (task["id"], _BOOL[spent], answer))
        if spent:
            return


def _answer(task: dict[str, Any], limits: Limits, beat: Callable[[], object]) -> tuple[bytes, bool]:
    """Return what one file gave, as JSON, and whether that left this process unfit for more."""
    try:
        source = open_source(task["path"])
        try:
            found = _look(source, task, limits, beat)
        finally:
            source.close()
    except OSError as error:
        return _json(failed(None, "audio-unreadable", error.strerror or str(error))), False
    except BaseException as error:  # noqa: BLE001 - nothing in a file may end the worker's loop
        return _json(failed(None, "tags-unreadable", describe(error))), True
    return found, False


def _look(
    source: Source, task: dict[str, Any], limits: Limits, beat: Callable[[], object]
) -> bytes:
    from archiver.audio.examine import examine_source, make_record

    found: dict[str, Any]
    name = task["path"].rpartition("/")[2]
    if task["sound"]:
        question = _question(task["question"])
        seen = examine_source(source, limits, name, beat, Wish.from_json(task), question)
        found = {
            "record": seen.record,
            "essence": seen.essence,
            "verdict": seen.verdict,
            "problems": seen.problems,
            "digests": dict(seen.digests),
            "places": seen.places,
        }
    else:
        found = {"record": make_record(source, limits, name), "essence": None, "problems": ()}
    answer = _json(found)
    if len(answer) > limits.answer:
        record = _without_lists(found["record"], len(answer))
        others = (one for one in found["problems"] if one != record["problem"])
        answer = _json({**found, "record": record, "problems": [record["problem"], *others]})
    return answer


def _question(asked: dict[str, Any] | None) -> Question | None:
    if asked is None:
        return None
    return Question(tuple((first, last) for first, last in asked["ranges"]), asked["frames"])


def _without_lists(record: dict[str, Any], size: int) -> dict[str, Any]:
    """Return a record that is too large without its long lists, and with a word about them."""
    words = f"{len(record['tags'])} tags, {len(record['pictures'])} pictures and"
    words += f" {len(record.get('blocks', ()))} blocks make {size} bytes, too many for one record"
    kept = {name: record[name] for name in _KEPT if name in record}
    trouble = record.get("problem") or problem("tags-too-large", words)
    return {**kept, "tags": [], "pictures": [], "problem": trouble}


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def _say(fd: int, message: dict[str, Any]) -> None:
    _write(fd, _json(message))


def _write(fd: int, message: bytes) -> None:
    line = memoryview(message + b"\n")
    while line:
        line = line[os.write(fd, line) :]
