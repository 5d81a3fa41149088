"""The lines of fetch.txt: URL, length, path (RFC 8493 2.2.3). Nothing is ever fetched."""

from __future__ import annotations

import re

from archiver.bagit.reading.manifest_lines import Entry, line_trouble
from archiver.bagit.reading.paths import decode_escapes, risky, unsafe
from archiver.bagit.reading.report import Report
from archiver.bagit.reading.rules import Rules

_FORM = re.compile(r"([^ \t]+)[ \t]+([^ \t]+)[ \t]+(.+)", re.DOTALL)
_ABSOLUTE_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[!-~]+")
_LENGTH = re.compile("[0-9]+|-")


class FetchLines:
    """Parses fetch.txt into (path, length and URL) entries; what is not right is a finding."""

    undefined: dict[str, int]

    def __init__(self, name: str, rules: Rules) -> None:
        self._name, self._rules = name, rules
        self.undefined = {}

    def entries(self, block: str, first_line: int, report: Report) -> list[Entry]:
        """Parse a block of whole lines, of which the first has the number ``first_line``."""
        entries = []
        for number, line in enumerate(block[:-1].split("\n"), first_line):
            entry = self._entry(line, number, report)
            if entry is not None:
                entries.append(entry)
        return entries

    def _entry(self, line: str, number: int, report: Report) -> Entry | None:
        def say(code: str, message: str, section: str = "2.2.3") -> None:
            clause = f"{self._rules.clause} {section}"
            report.add(code, f"Line {number} {message}.", self._name, clause, line=number)

        trouble = line_trouble(line)
        if trouble:
            say(*trouble)
            return None
        form = _FORM.fullmatch(line)
        if form is None:
            say("unparsable-line", "is not a URL, a length and a path")
            return None
        url, length, path = form.groups()
        if not _ABSOLUTE_URI.fullmatch(url):
            say("fetch-breach", "has no absolute URL")
        if not _LENGTH.fullmatch(length):
            say("fetch-breach", "has a length that is neither a number nor '-'")
        if not self._rules.modern and path.startswith(("/data/", "./")):
            say("fetch-tolerated", "has a path that is relative to the bag all the same")
            path = path.removeprefix(".").removeprefix("/")
        decoded, undefined = decode_escapes(path, self._rules.escapes)
        danger = unsafe(decoded)
        if danger:
            say("unsafe-path", f"cannot be followed: {danger}", "5.1")
            return None
        if not decoded.startswith("data/"):
            outside = risky(decoded)
            if outside:
                say("unsafe-path", f"cannot be followed: {outside}", "5.1")
                return None
            code = "fetch-breach" if self._rules.modern else "fetch-tolerated"
            say(code, "names a file outside data/")
            return None
        if undefined and self._rules.modern:
            self.undefined[decoded] = number
        return decoded, f"{length} {url}"
