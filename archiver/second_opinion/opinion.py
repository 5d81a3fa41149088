"""Asking bagit-python about a bag that we have verified, and what its answer comes to."""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from archiver.deputy import Deputy
from archiver.errors import EnvironmentUnusable, UsageError
from archiver.findings import Finding, state_of
from archiver.second_opinion import codes as _codes  # noqa: F401  (registers the codes used here)
from archiver.second_opinion.defects import Answer, Case, explain
from archiver.second_opinion.witness import MODULE
from archiver.state import State

WITNESS = "bagit-python"
# What it cannot know: what recordings say of themselves, and what was known from outside the bag.
_BEYOND_IT = frozenset(
    (
        *("recording-damaged", "recording-not-checked", "recording-not-decoded"),
        *("audio-record-differs", "essence-mismatch", "audio-structure", "decoder-disagrees"),
        "not-the-sealed-bag",
    )
)
_INSTALL = "pip install 'audio-archiver[cross-check]'"


@dataclass(frozen=True, slots=True)
class Opinion:
    """What bagit-python said of one bag.

    ``verdict`` is "valid", "invalid", "crash", "not-asked" or "lost"; ``explained_by`` names the
    defects that explain why it does not agree. ``finding`` says so, ``None`` where it agrees.
    """

    version: str
    verdict: str
    said: str
    agrees: bool
    explained_by: tuple[str, ...]
    finding: Finding | None

    @property
    def state(self) -> State:
        """What the second opinion adds to how the verification ended."""
        return State.SOUND if self.finding is None else self.finding.state


class SecondOpinion:
    """Asks bagit-python, in a process of its own that can only read."""

    def __init__(self) -> None:
        """Start the process. Raises ``OSError``."""
        self._deputy = Deputy(MODULE, [])

    def close(self) -> None:
        """End the process."""
        self._deputy.close()

    def on(self, bag: str, findings: tuple[Finding, ...]) -> Opinion:
        """Return its opinion on the folder ``bag``, in which we have these ``findings``."""
        if any(finding.code == "special-file-in-bag" for finding in findings):
            said = "It would wait for ever at a pipe, and there is one in the bag."
            finding = Finding("second-opinion-explained", said)
            return Opinion("", "not-asked", said, False, ("links-and-pipes",), finding)
        try:
            told = self._deputy.ask(json.dumps(os.path.abspath(bag)).encode())
            return weigh(bag, findings, answer_of(json.loads(told)))
        except (OSError, ValueError):
            self._deputy.close()
            self._deputy = Deputy(MODULE, [])
            said = "It ended before it had answered; it takes much memory for bags of many files."
            finding = Finding("second-opinion-none", said)
            return Opinion("", "lost", said, False, (), finding)


def answer_of(told: Mapping[str, Any]) -> Answer:
    """Return the witness's answer from the record it sent."""
    details = tuple((kind, path) for kind, path in told["details"])
    return Answer(told["version"], told["verdict"], told["error"], told["message"], details)


def weigh(bag: str, findings: tuple[Finding, ...], answer: Answer) -> Opinion:
    """Hold its ``answer`` against our ``findings``."""
    findings = tuple(one for one in findings if one.code not in _BEYOND_IT)
    sound = state_of(findings) is State.SOUND
    said = answer.verdict if answer.verdict == "valid" else f"{answer.error}: {answer.message}"
    if answer.verdict != "crash" and sound == (answer.verdict == "valid"):
        return Opinion(answer.version, answer.verdict, said, True, (), None)
    defects = explain(Case(bag, findings, answer))
    names = tuple(one.name for one in defects)
    if defects:
        finding = _explained(said, tuple(one.text for one in defects))
    else:
        ours = "sound" if sound else "not sound"
        message = f"Here the bag is {ours}; {WITNESS} {answer.version} says {said}."
        finding = Finding("second-opinion-differs", message)
    return Opinion(answer.version, answer.verdict, said, False, names, finding)


def _explained(said: str, defects: tuple[str, ...]) -> Finding:
    message = f"{WITNESS} says {said[:200]}. " + " ".join(defects)
    return Finding("second-opinion-explained", message.rstrip())


@contextmanager
def second_opinion() -> Iterator[SecondOpinion]:
    """Give someone to ask. Raises :class:`UsageError` where bagit-python is not installed."""
    if importlib.util.find_spec("bagit") is None:
        raise UsageError(
            "--cross-check needs bagit-python, which is not installed here",
            f"Install it beside this program: {_INSTALL}. Everything else works without it.",
        )
    try:
        asked = SecondOpinion()
    except OSError as error:
        raise EnvironmentUnusable(
            f"No process could be started for bagit-python: {error.strerror}.",
            "Leave --cross-check away.",
        ) from error
    try:
        yield asked
    finally:
        asked.close()
