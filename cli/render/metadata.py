"""How the writing of a metadata document is told."""

from __future__ import annotations

from collections.abc import Iterator

from archiver.metadata import Language, Written
from cli.render.json_lines import Record
from cli.render.text import Line


def written_records(language: Language, written: Written) -> Iterator[Record]:
    """Yield the record of a document that was written."""
    yield {
        "type": "metadata",
        "as": language,
        "path": written.path,
        "bytes": written.bytes,
        "sha512": written.sha512,
    }


def written_lines(written: Written) -> Iterator[Line]:
    """Yield what a person is told of it."""
    yield Line(f"wrote {written.path} ({written.bytes:,} bytes)")
