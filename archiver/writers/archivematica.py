"""What Archivematica reads beside the files of a transfer: metadata.csv, rights.csv, premis.xml.

https://www.archivematica.org/docs/latest/user-manual/transfer/import-metadata/
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from archiver.writers.model import BagRecord, EventRecord, FileRecord, Overview, texts
from archiver.writers.premis_events import agent_elements, own_events
from archiver.writers.premis_objects import file_id, identifier
from archiver.writers.vocabulary import event_type
from archiver.writers.xml import DECLARATION, element, escaped
from policies.rights.model import Case, Statement

METADATA_COLUMNS = (
    "filename", "dc.title", "dc.creator", "dc.publisher", "dc.date", "dc.type", "dc.format",
    "dc.identifier", "dcterms.isPartOf",
)  # fmt: skip
RIGHTS_COLUMNS = (
    "file", "basis", "status", "determination_date", "jurisdiction", "start_date", "end_date",
    "terms", "citation", "note", "grant_act", "grant_restriction", "grant_start_date",
    "grant_end_date", "grant_note", "doc_id_type", "doc_id_value", "doc_id_role",
)  # fmt: skip
_OPEN = (
    b'<premis xmlns="http://www.loc.gov/premis/v3"'
    b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0">\n'
)
_OTHER_BASES = ("donor", "policy")  # which Archivematica has by name, too
_DISTRIBUTE = "disseminate"  # Archivematica knows PREMIS's acts only

Speaking = Callable[[FileRecord], Iterable[Statement]]


def metadata_csv(files: Iterable[FileRecord]) -> Iterator[bytes]:
    """Yield a row of Dublin Core for each recording; several values of one kind are joined."""
    yield _row(METADATA_COLUMNS)
    for file in files:
        view = file.recording.view
        if file.recording.format is None:
            continue
        title = texts(view, "title")[:1] or [file.path.rpartition("/")[2]]
        told = (
            title,
            texts(view, "creator"),
            texts(view, "publisher"),
            texts(view, "date")[:1],
            ["Sound"],
            [file.recording.media_type or ""],
            texts(view, "isrc"),
            texts(view, "album")[:1],
        )
        yield _row([file.path, *("; ".join(values) for values in told)])


def rights_csv(
    files: Iterable[FileRecord], speaking: Speaking, territory: str | None
) -> Iterator[bytes]:
    """Yield a row for each file, each statement that is ``speaking`` of it, and each act.

    An act that is only ours (distribute) is disseminate there, as its note says.
    """
    yield _row(RIGHTS_COLUMNS)
    for file in files:
        for one in speaking(file):
            head = (file.path, *_basis(one, territory))
            for act, grant in one.acts.items():
                notes = [_words(case) for case in grant.cases]
                known = act if act != "distribute" else _DISTRIBUTE
                if act != known:
                    notes.insert(0, act)
                term = (_day(one.term.start), _end(one))
                note = "; ".join(part for part in notes if part)
                yield _row((*head, known, grant.restriction.title(), *term, note, *_document(one)))


def premis_xml(
    bag: BagRecord, overview: Overview, files: Iterable[FileRecord], events: Sequence[EventRecord]
) -> Iterator[bytes]:
    """Yield each file as an object linked to every event, and each event with one agent.

    ``originalName`` is what Archivematica knows a file by. ``events`` are the log's; what the bag
    tells of by itself goes before them.
    """
    happened = [one for one in (*own_events(bag, overview), *events) if one.programs]
    links = "".join(identifier("linkingEventIdentifier", one.identifier) for one in happened)
    yield DECLARATION
    yield _OPEN
    for file in files:
        name = element("formatName", file.format_name or "unknown")
        yield (
            f'<object xsi:type="file">{identifier("objectIdentifier", file_id(bag, file.path))}'
            "<objectCharacteristics><format><formatDesignation>"
            f"{name}</formatDesignation></format></objectCharacteristics>"
            f"{element('originalName', file.path)}{links}</object>\n"
        ).encode()
    for one in happened:
        outcome = "Fail" if one.failed else "Pass"
        told = "; ".join(part for part in (one.outcome, one.note) if part)
        yield (
            f"<event>{identifier('eventIdentifier', one.identifier)}{event_type(one.kind)}"
            f"<eventDateTime>{escaped(one.time)}</eventDateTime>"
            f"<eventDetailInformation>{element('eventDetail', one.detail)}"
            "</eventDetailInformation>"
            f"<eventOutcomeInformation>{element('eventOutcome', outcome)}<eventOutcomeDetail>"
            f"{element('eventOutcomeDetailNote', told)}</eventOutcomeDetail>"
            "</eventOutcomeInformation>"
            f"{identifier('linkingAgentIdentifier', one.programs[0].identifier)}</event>\n"
        ).encode()
    yield from agent_elements(dict.fromkeys(one.programs[0] for one in happened))
    yield b"</premis>\n"


def _basis(one: Statement, territory: str | None) -> tuple[str, ...]:
    basis = one.other_basis if one.other_basis in _OTHER_BASES else one.basis
    held, cited = one.copyright, one.statute
    status = held.status if held else ("copyrighted" if one.basis == "copyright" else "")
    found = (held.determined if held else None) or (cited.determined if cited else None)
    jurisdiction = (held.jurisdiction if held else None) or territory or ""
    return (
        str(basis),
        status,
        _day(found or one.determined),
        jurisdiction.lower() if one.basis in ("copyright", "statute") else "",
        _day(one.term.start),
        _end(one),
        one.note or "" if one.basis == "license" else "",
        (cited.citation if cited else one.note or "") if one.basis == "statute" else "",
        "; ".join(part for part in (one.id, one.note, one.attribution) if part),
    )


def _end(one: Statement) -> str:
    return _day(one.term.end) if isinstance(one.term.end, date) else str(one.term.end)


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _words(case: Case) -> str:
    places = ", ".join(case.territory)
    copies = f"at most {case.max_copies} copies" if case.max_copies is not None else None
    return ", ".join(part for part in (case.audience, places, copies, case.note) if part)


def _document(one: Statement) -> tuple[str, str, str]:
    if one.statement_uri:
        return "URI", one.statement_uri, "rights statement"
    return ("local", one.evidence[0], "evidence") if one.evidence else ("", "", "")


def _row(cells: Sequence[str]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue().encode("utf-8", "backslashreplace")
