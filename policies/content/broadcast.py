"""Rules about Broadcast Wave: the ``bext`` chunk and the INFO list beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import Any

from policies.content.facts import FileFacts
from policies.content.formats import Observation
from policies.model import Policy
from policies.names import shown

_WAVE = ("wav", "rf64", "bw64")
_TEXTS = ("description", "originator", "originator_reference")
_VERSIONS = (0, 1, 2)
_FADGI_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2]))?|\d{4}/\d{4}")
_FADGI_ORIGINATOR = re.compile(r"[A-Z]{2}, \S.+", re.DOTALL)
_USID = re.compile(r"[A-Z]{2}[!-~ ]{15}(?P<time>\d{6})\d{9}")  # EBU R 99, table 1
_ICRD = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-([0-2]\d|3[01])([T ]\d{2}:\d{2}.*)?)?)?")
_CODING = re.compile(r"A=[^,=]+(,[FBWMT]=[^,=]*)*,?")
_LOUDNESS = {
    "loudness_value": (-99.99, 99.99),
    "loudness_range": (0.0, 99.99),
    "max_true_peak_level": (-99.99, 99.99),
    "max_momentary_loudness": (-99.99, 99.99),
    "max_short_term_loudness": (-99.99, 99.99),
}
_SHOWN = 60  # characters of a field


def by_chunks(facts: FileFacts, _policy: Policy) -> Iterator[Observation]:
    """Observe a WAVE file's ``bext`` and INFO; nothing is said of other formats."""
    if facts.format not in _WAVE:
        return
    bext = facts.embedded.get("bext")
    if bext is None:
        yield "wave-not-broadcast", ""
    else:
        yield from _bext(bext)
        history = bext.get("coding_history", "")
        if isinstance(history, str) and (words := _coding_history(history, facts.facts)):
            yield "bext-coding-history", words
    yield from _info(_info_texts(facts), bext)


def _bext(bext: Mapping[str, Any]) -> Iterator[Observation]:
    if bext["version"] not in _VERSIONS:
        yield "bext-version", f"{bext['version']}"
    if bext.get("short"):
        yield "bext-short", ""
    if odd := [name for name in _TEXTS if not bext[name].isascii()]:
        yield "bext-characters", ", ".join(odd)
    yield from _when(bext)
    originator, reference = bext["originator"], bext["originator_reference"]
    if not bext["description"].strip():
        yield "bext-description", ""
    if not originator.strip():
        yield "bext-originator", ""
    if not _FADGI_ORIGINATOR.fullmatch(originator):
        yield "bext-originator-fadgi", _quoted(originator)
    if not reference.strip():
        yield "bext-reference", ""
    if not _is_usid(reference):
        yield "bext-reference-r99", _quoted(reference)
    for name, (least, most) in _LOUDNESS.items():
        if name in bext and not least <= bext[name] <= most:
            yield "bext-loudness", f"{name} {bext[name]}"
            break


def _when(bext: Mapping[str, Any]) -> Iterator[Observation]:
    day, clock = bext["origination_date"], bext["origination_time"]
    if not _is_day(day):
        yield "bext-date", _quoted(day)
        if not _FADGI_DATE.fullmatch(day):
            yield "bext-date-fadgi", _quoted(day)
    if not _is_time(clock):
        yield "bext-time", _quoted(clock)


def _coding_history(text: str, known: Mapping[str, Any]) -> str:
    """Return what is wrong with a CodingHistory by EBU R 98, "" when nothing is."""
    if not text.strip():
        return "empty"
    rows = text.rstrip().split("\r\n")
    for place, row in enumerate(rows, 1):
        if "\n" in row:
            return f"row {place} does not end in CR LF"
        if not _CODING.fullmatch(row.strip()):
            return f"row {place} is not of the form A=,F=,W=,M=,T=: {_quoted(row)}"
    last = dict(part.split("=", 1) for part in rows[-1].strip().rstrip(",").split(","))
    for letter, key, words in (("F", "sample_rate", "Hz"), ("W", "bit_depth", "bit")):
        stated, found = last.get(letter), known.get(key)
        if stated is not None and found is not None and stated.strip() != str(found):
            row = f"{letter}={shown(stated[:_SHOWN])}"
            return f"the last row says {row}, the sound has {found} {words}"
    return ""


def _info(info: Mapping[str, str], bext: Mapping[str, Any] | None) -> Iterator[Observation]:
    if info and bext is not None:
        archive, originator = info.get("IARL", ""), bext["originator"]
        if archive.strip() != originator.strip():
            yield "info-iarl", f"{_quoted(archive)} and {_quoted(originator)}"
    if "ICRD" in info and not _ICRD.fullmatch(info["ICRD"].strip()):
        yield "info-icrd", _quoted(info["ICRD"])
    if "\n" in info.get("ICMT", "") or "\r" in info.get("ICMT", ""):
        yield "info-icmt", ""


def _info_texts(facts: FileFacts) -> dict[str, str]:
    """Return the INFO texts by id; of repeated ones the first."""
    texts: dict[str, str] = {}
    for entry in (facts.record or {}).get("tags", ()):
        if entry["system"] == "riff-info":
            for value in entry["values"]:
                texts.setdefault(entry["key"], value if isinstance(value, str) else "")
    return texts


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_time(text: str) -> bool:
    try:
        return time.fromisoformat(text).strftime("%H:%M:%S") == text
    except ValueError:
        return False


def _is_usid(text: str) -> bool:
    found = _USID.fullmatch(text)
    if found is None:
        return False
    clock = found["time"]
    return _is_time(f"{clock[:2]}:{clock[2:4]}:{clock[4:]}")


def _quoted(text: str) -> str:
    return f"'{shown(text[:_SHOWN])}'"
