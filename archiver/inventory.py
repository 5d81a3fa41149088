"""``inventory``: every file of one bag or of all, a row each, for spreadsheets and programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any, Literal

from archiver.archive import Archive
from archiver.catalogue.from_bag import file_rows_from
from archiver.catalogue.rows import FileRow
from archiver.clock import utc_text_ns
from archiver.holdings import list_bags

Style = Literal["csv", "jsonl"]
STYLES: tuple[Style, ...] = ("csv", "jsonl")
COLUMNS = (
    "bag", "path", "size", "mtime", "blake3", "format", "verdict", "duration_s", "title",
    "creator", "album", "date", "isrc", "stream_blake3", "pcm_md5",
)  # fmt: skip

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_AT_ONCE = 1000

Row = dict[str, Any]


def bag_rows(name: str, folder: str) -> Iterator[Row]:
    """Yield a row for each payload file of the bag in ``folder``, by path.

    Its own records are read as they lie there, never its payload; memory stays flat. Raises
    :class:`archiver.catalogue.records.BagRecordsError`.
    """
    for file in file_rows_from(folder):
        yield dict(zip(COLUMNS, _values(name, file), strict=True))


def archive_rows(archive: Archive) -> Iterator[Row]:
    """Yield the rows of all bags of the archive. Raises as :func:`bag_rows`."""
    for bag in list_bags(archive):
        yield from bag_rows(bag.id, str(archive.bag_path(bag.id)))


def inventory(rows: Iterable[Row], style: Style) -> Iterator[bytes]:
    """Yield the rows as CSV (RFC 4180, with a header) or as JSON Lines.

    In CSV no cell is a formula: one that begins as formulas do, or with an apostrophe, gets an
    apostrophe before it. So a program takes one away from every cell that begins with one, and
    has what stands in JSON Lines.
    """
    if style == "jsonl":
        return (f"{json.dumps(row)}\n".encode() for row in rows)
    return _as_csv(rows)


def safe_cell(value: object) -> str:
    """Return the text of a cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def _as_csv(rows: Iterable[Row]) -> Iterator[bytes]:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for number, row in enumerate(rows, 1):
        writer.writerow([safe_cell(row[column]) for column in COLUMNS])
        if number % _AT_ONCE == 0:
            yield out.getvalue().encode("utf-8", "backslashreplace")
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode("utf-8", "backslashreplace")


def _values(bag: str, file: FileRow) -> tuple[object, ...]:
    return (
        bag,
        file.path,
        file.size,
        utc_text_ns(file.mtime_ns),
        file.blake3.hex(),
        file.media_format,
        file.verdict,
        file.duration_s,
        file.title,
        file.creator,
        file.album,
        file.date,
        file.isrc,
        file.stream.hex() if file.stream else None,
        file.pcm_md5.hex() if file.pcm_md5 else None,
    )
