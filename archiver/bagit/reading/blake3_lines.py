"""The lines of fixity/blake3.txt, as ``b3sum`` writes and checks them."""

from __future__ import annotations

import re

from archiver.bagit.reading.manifest_lines import Entry
from archiver.bagit.reading.paths import undo_backslashes, unsafe
from archiver.bagit.reading.report import Report
from archiver.bagit.reading.text import has_undecodable

_PLAIN = re.compile("^([0-9a-f]{64})  (data/[^\n]+)$", re.MULTILINE)
_LINE = re.compile(r"(\\?)([0-9a-f]{64})  (data/.+)", re.DOTALL)


class Blake3Lines:
    r"""Parses b3sum's lines: 64 hex digits, two blanks, path.

    A line whose path holds a backslash or a line feed begins with ``\`` and has them as
    ``\\`` and ``\n``. Only a line feed ends a line.
    """

    undefined: dict[str, int]

    def __init__(self, name: str) -> None:
        self._name = name
        self.undefined = {}

    def entries(self, block: str, first_line: int, report: Report) -> list[Entry]:
        """Parse a block of whole lines, of which the first has the number ``first_line``."""
        if "\\" not in block and "/." not in block and "//" not in block:
            found = _PLAIN.findall(block)
            if len(found) == block.count("\n") and not has_undecodable(block):
                return [(path, digest) for digest, path in found]
        entries = []
        for number, line in enumerate(block[:-1].split("\n"), first_line):
            entry = _entry(line)
            if entry is not None:
                entries.append(entry)
                continue
            message = f"Line {number} is not a BLAKE3 digest and a path below data/."
            report.add("unparsable-line", message, self._name, "b3sum", line=number)
        return entries


def _entry(line: str) -> Entry | None:
    form = _LINE.fullmatch(line)
    if form is None or has_undecodable(line):
        return None
    path = undo_backslashes(form[3]) if form[1] else form[3]
    if path is None or unsafe(path):
        return None
    return path, form[2]
