"""Rows as CSV (RFC 4180) and as JSON Lines: records -> bytes, some hundred rows at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from archiver.canonical import canonical
from archiver.inventories.cells import safe_cell
from archiver.inventories.columns import SCHEMA, Row, Value

_PIECE = 1 << 16
_BOM = b"\xef\xbb\xbf"


def csv_table(rows: Iterable[Row], columns: Sequence[str], *, bom: bool = False) -> Iterator[bytes]:
    """Yield a table in UTF-8, lines ending in CR LF, one line a row, the first one the header.

    ``bom`` puts in front the mark by which some spreadsheet programs know UTF-8.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    if bom:
        yield _BOM
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in columns])
        if text.tell() >= _PIECE:
            yield _taken(text)
    yield _taken(text)


def json_lines(rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield canonical JSON, one object a row, in UTF-8, lines ending in LF."""
    lines: list[bytes] = []
    size = 0
    for row in rows:
        lines.append(canonical({"schema": SCHEMA, **row}) + b"\n")
        size += len(lines[-1])
        if size >= _PIECE:
            yield b"".join(lines)
            lines, size = [], 0
    if lines:
        yield b"".join(lines)


def _cell(value: Value) -> str:
    return "" if value is None else safe_cell(str(value))


def _taken(text: io.StringIO) -> bytes:
    taken = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return taken
