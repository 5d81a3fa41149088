"""Logs of ripping programs: Exact Audio Copy, X Lossless Decoder, whipper.

The copy CRC is the CRC-32 of a track's samples, 16 bits each, without the container. The names
in a log are places on the machine that ripped; only their last component means anything here.
AccurateRip's sums are of the same samples, but leave out some at both ends of a disc, so that they
depend on which track is the first and which the last: the first is number 1, the last the highest
number in the log. What other people's rips had, and how many of them, is left alone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from archiver.hashing.tracks import COPY_CRC
from archiver.sidecars.forms.eac_seal import LONGEST_TEXT, eac_checksum
from archiver.sidecars.model import Assertion, Parsed, Result
from archiver.sidecars.text import decode, numbered_lines

_PROGRAMS = (
    re.compile(r"(exact audio copy |eac extraction logfile from )", re.IGNORECASE),
    re.compile(r"(x lossless decoder version|xld extraction logfile from)", re.IGNORECASE),
    re.compile(r"log created by: whipper", re.IGNORECASE),
)
_HEAD_BYTES = 8192  # in which the program has to give its name
# All of these meet lines without blanks at either end.
_SECTION = re.compile(r"track\s+(\d+)|all tracks|range status and errors|(\d+):", re.IGNORECASE)
_TABLE_ROW = re.compile(r"(\d+)\s*\|\s*\d+:[\d.:]+\s*\|.*")  # of the table of contents
# Exact Audio Copy: its own sum comes first in the line. No version named is version 1.
_EAC_SUM = re.compile(
    r"(?:accurately ripped|cannot be verified as accurate).*?\[([0-9a-f]{8})\]"
    r"(?:.*\(ar v([12])\))?.*",
    re.IGNORECASE,
)
_XLD_SUM = re.compile(r"accuraterip (?:v([12]) )?signature\s*:\s*([0-9a-f]{8})", re.IGNORECASE)
_WHIPPER_VERSION = re.compile(r"accuraterip v([12]):", re.IGNORECASE)
_WHIPPER_SUM = re.compile(r"local crc:\s*([0-9a-f]{8})", re.IGNORECASE)
_FILENAME = re.compile(r"filename\s*:?\s(.+)", re.IGNORECASE)
_COPY_CRC = re.compile(r"copy crc\s*:?\s+([0-9a-f]{8})", re.IGNORECASE)
_XLD_CRC = re.compile(r"crc32 hash\s*:\s*([0-9a-f]{8})", re.IGNORECASE)
_NO_NULL_SAMPLES = re.compile(r"null samples used in crc calculations\s*:\s*no", re.IGNORECASE)
_MOST_SEALS = 16  # each costs a look at the whole log
_EAC_SEAL = re.compile(r"==== log checksum ([0-9a-f]{64}) ====", re.IGNORECASE)
_XLD_SEAL = re.compile(r"-----BEGIN XLD SIGNATURE-----")
_BROKEN_SEAL = "the checksum does not hold for the log as it stands; it was edited or re-encoded"
_WHIPPER_SEAL = re.compile(r"SHA-256 hash: ([0-9A-Fa-f]{64})")

_SKIPPED_ZEROS = "the log leaves null samples out of its CRCs"


def parse_rip_log(sidecar: str, data: bytes) -> Parsed:
    """Return what a ripping program's log asserts; nothing of a log that is none. Never raises.

    Where a track was ripped several times, the last copy is the one that was kept.
    """
    head = decode(data[:_HEAD_BYTES]).splitlines()
    if not any(program.match(line.strip()) for program in _PROGRAMS for line in head):
        return Parsed()
    log = _Log(sidecar)
    seals: list[Assertion] = []
    for number, indented in numbered_lines(data):
        line = indented.strip()
        if len(seals) < _MOST_SEALS and (seal := _seal(sidecar, data, number, line)):
            seals.append(seal)
        else:
            log.read(number, line)
    return Parsed([*log.assertions(), *seals])


class _Log:
    """What has been read so far: the track the lines are about, and its digests."""

    def __init__(self, sidecar: str) -> None:
        self._sidecar = sidecar
        self._number = self._last = 0
        self._name: str | None = None
        self._version = ""  # of whipper's next sum
        self._leaves_out_zeros = False
        self._crcs: dict[str, Assertion] = {}
        self._sums: dict[tuple[str, str], tuple[Assertion, int]] = {}

    def read(self, number: int, line: str) -> None:
        """Take in a line without blanks at either end."""
        if _NO_NULL_SAMPLES.fullmatch(line):
            self._leaves_out_zeros = True
        elif match := _SECTION.fullmatch(line):
            self._name, self._number = None, int(match[1] or match[2] or 0)
            self._last = max(self._last, self._number)
        elif match := _TABLE_ROW.fullmatch(line):
            self._last = max(self._last, int(match[1]))
        elif match := _FILENAME.fullmatch(line):
            self._name = _last_component(match[1])
        elif self._name and (match := _COPY_CRC.fullmatch(line) or _XLD_CRC.fullmatch(line)):
            one = Assertion(self._sidecar, number, self._name, COPY_CRC, match[1].lower())
            if self._leaves_out_zeros:
                one = replace(one, result=Result.UNVERIFIABLE, reason=_SKIPPED_ZEROS)
            self._crcs[self._name] = one
        elif self._name and self._number:
            self._read_sum(number, line, self._name)

    def _read_sum(self, number: int, line: str, name: str) -> None:
        if match := _WHIPPER_VERSION.fullmatch(line):
            self._version = match[1]
            return
        if match := _XLD_SUM.fullmatch(line):
            version, value = match[1] or "1", match[2]
        elif match := _EAC_SUM.fullmatch(line):
            value, version = match[1], match[2] or "1"
        elif self._version and (match := _WHIPPER_SUM.fullmatch(line)):
            version, value = self._version, match[1]
        else:
            return
        algorithm = f"accuraterip-v{version}"
        one = Assertion(self._sidecar, number, name, algorithm, value.lower())
        self._sums[name, algorithm] = (one, self._number)

    def assertions(self) -> Iterator[Assertion]:
        """Yield what the log asserts of its tracks; now it is known which is the last."""
        yield from self._crcs.values()
        for one, number in self._sums.values():
            first, last = number == 1, number == self._last
            place = ":only" if first and last else ":first" if first else ":last" if last else ""
            yield replace(one, algorithm=one.algorithm + place)


def _last_component(name: str) -> str:
    return re.split(r"[\\/]", name.strip(" \"'"))[-1]


def _seal(sidecar: str, data: bytes, number: int, line: str) -> Assertion | None:
    """Return what the log's own checksum came to, if this is the line that holds it.

    Whipper's and Exact Audio Copy's are computed; XLD's needs a program of its own. One that does
    not hold proves little: a log may have been saved again in an encoding that lost something.
    """
    if match := _WHIPPER_SEAL.fullmatch(line):
        expected = match[1].lower()
        if _whipper_digest_holds(decode(data), expected):
            return _about_itself(sidecar, number, expected, Result.VERIFIED, None)
        return _about_itself(sidecar, number, expected, Result.UNVERIFIABLE, _BROKEN_SEAL)
    if match := _EAC_SEAL.fullmatch(line):
        expected = match[1].lower()
        text = decode(data)
        if len(text) > LONGEST_TEXT:
            reason = "the log is too long for its checksum to be computed here"
            return _about_itself(sidecar, number, expected, Result.UNVERIFIABLE, reason)
        if expected in map(eac_checksum, _eac_logs(text, expected)):
            return _about_itself(sidecar, number, expected, Result.VERIFIED, None)
        return _about_itself(sidecar, number, expected, Result.UNVERIFIABLE, _BROKEN_SEAL)
    if _XLD_SEAL.fullmatch(line):
        reason = "the signature needs the ripping program's own method"
        return _about_itself(sidecar, number, "", Result.UNVERIFIABLE, reason)
    return None


def _eac_logs(text: str, expected: str) -> Iterator[str]:
    """Yield the logs in ``text`` that are sealed with ``expected``.

    Logs appended to one another are sealed one by one, with a line of sixty hyphens between them.
    """
    begin = 0
    for match in islice(_EAC_SEAL.finditer(text), _MOST_SEALS):
        log = text[begin : match.start()].lstrip("\r\n").removeprefix("-" * 60)
        if match[1].lower() == expected and log.strip():  # nothing has a checksum of zeros
            yield log
        begin = match.end()


def _about_itself(
    sidecar: str, number: int, expected: str, result: Result, reason: str | None
) -> Assertion:
    name = sidecar.rpartition("/")[2]
    return Assertion(sidecar, number, name, "log-checksum", expected, result, reason)


def _whipper_digest_holds(text: str, expected: str) -> bool:
    """Tell whether SHA-256 of the lines above the last one is ``expected``.

    Releases differ in how many line ends before it they count; each is tried.
    """
    above = text[: text.rfind("SHA-256 hash:")]
    bare = above.rstrip("\n")
    return any(
        hashlib.sha256(above[:end].encode()).hexdigest() == expected
        for end in range(len(bare), len(above) + 1)
    )
