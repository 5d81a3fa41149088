"""``export --for archivematica``: a zipped bag with the metadata files that Archivematica reads."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

from archiver.archive import Archive
from archiver.clock import Clock
from archiver.described import (
    DescribedFiles,
    described_bag,
    event_record,
    manifests_in,
    overview_of,
)
from archiver.errors import IncompleteError, UsageError
from archiver.events import EventLog
from archiver.export import Exported, Form, written
from archiver.exporting.division import Division, divide
from archiver.exporting.serialising import Serialiser
from archiver.exporting.with_metadata import Added, WithMetadata, added
from archiver.progress import Progress, Silence
from archiver.rights.bag import read_bag_rights
from archiver.serial.writing.member import Writer
from archiver.serial.writing.place import check_free
from archiver.verify import Sealed, open_bag
from archiver.writers.archivematica import metadata_csv, premis_xml, rights_csv
from archiver.writers.model import EventRecord, FileRecord, texts
from policies.rights.matching import Matcher
from policies.rights.model import RightsBook, Statement

FOLDER = "data/metadata"
_UNBOUNDED = 1 << 62


def events_about(archive: Archive | None, bag_id: str | None, clock: Clock) -> list[EventRecord]:
    """Return what the log says happened to the bag, oldest first."""
    if archive is None or bag_id is None:
        return []
    return [event_record(one) for one in EventLog(archive.log, clock).read() if one.bag == bag_id]


def export_for_archivematica(
    bag: str,
    path: str,
    form: Form,
    events: Sequence[EventRecord],
    *,
    expected: Sealed | None = None,
    progress: Progress | None = None,
) -> Exported:
    """Write the bag as a zipped bag for Archivematica's transfer of that name.

    It is a bag under the same name, with ``data/metadata/metadata.csv``, ``rights.csv`` and
    ``premis.xml`` added to its payload and its manifests; the original's own tag files are in
    ``whole-bag/``. Paths begin with ``data/``, as Archivematica wants them for bags. Only for bags
    that this program made. Raises what :func:`archiver.export.export` raises,
    :class:`archiver.catalogue.records.BagRecordsError`, and :class:`UsageError` for a form that
    Archivematica does not take and for a payload that has a file at such a place.
    """
    if form is Form.TAR:
        raise UsageError(
            "Archivematica takes zipped bags as zip or tar.gz, not as tar.",
            "Let the name end in .zip or .tar.gz, or say --as zip.",
        )
    place = check_free(path)
    watcher = progress or Silence()
    with open_bag(bag) as tree, ExitStack() as spools:
        try:
            division = divide(tree, _UNBOUNDED, form)
        except OSError as error:
            raise IncompleteError(f"{bag!a} could not be read: {error.strerror}.") from error
        more = list(_files(bag, division, events, spools))

        def serialiser(to: Writer) -> Serialiser:
            return WithMetadata(tree, division, bag, watcher, lambda _: to, more)

        return written(tree, bag, place, form, expected, watcher, serialiser)


def _files(
    bag: str, division: Division, events: Sequence[EventRecord], spools: ExitStack
) -> Iterator[Added]:
    record, overview = described_bag(bag), overview_of(bag)
    files = DescribedFiles(bag, manifests_in(bag))
    book = read_bag_rights(bag).book
    if any(file.path == FOLDER or file.path.startswith(f"{FOLDER}/") for file in files):
        raise UsageError(
            f"the collection has {FOLDER} of its own, where Archivematica reads its files.",
            "Export the bag as it is: Archivematica reads what is there.",
        )
    contents = {
        "metadata.csv": metadata_csv(files),
        "premis.xml": premis_xml(record, overview, files, events),
        "rights.csv": rights_csv(files, _speaking(book), book.defaults.territory),
    }
    for name, pieces in contents.items():
        spool = spools.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - that closes it
        yield added(f"{FOLDER}/{name}", pieces, spool, division.algorithms)


def _speaking(book: RightsBook) -> Callable[[FileRecord], list[Statement]]:
    """Return what tells which active statements are about a file."""
    matcher = Matcher(book.statements)

    def speaking(file: FileRecord) -> list[Statement]:
        numbers = matcher.matching(
            file.path.removeprefix("data/"), texts(file.recording.view, "isrc")
        )
        return [
            book.statements[number]
            for number in numbers
            if book.statements[number].status == "active"
        ]

    return speaking
