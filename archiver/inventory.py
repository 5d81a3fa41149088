"""``inventory``, and ``export --csv``: what the archive holds, as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from archiver.archive import Archive
from archiver.catalogue import BagRow, Catalogue, FileRow, file_rows_from
from archiver.errors import UsageError
from archiver.findings import Finding, state_of
from archiver.inventories import codes  # noqa: F401 - registers them
from archiver.inventories.columns import COLUMNS, Of, Row
from archiver.inventories.described import Described
from archiver.inventories.forms import csv_table, json_lines
from archiver.inventories.rows import bag_inventory, file_inventory, standing
from archiver.search import require_bag
from archiver.serial.writing.place import check_free, file_aside
from archiver.state import State
from archiver.verify_held import held_id

_MOST_NAMED = 1000


@dataclass(slots=True)
class Inventory:
    """What an inventory is of, and, once it was drawn to its end, what it came to.

    ``bags`` are ids in the archive, ``folders`` bags elsewhere that this program made; where there
    are neither, it is of all bags of the archive. ``as_of`` is the day for which rights are told.
    ``rows`` counts what was drawn. ``unread`` counts the bags of the archive whose own records
    could not be read, ``findings`` name the first thousand of them.
    """

    archive: Archive | None = field(repr=False)
    of: Of
    as_of: date
    bags: Sequence[str] = ()
    folders: Sequence[Path] = ()
    rows: int = 0
    unread: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def state(self) -> State:
        """Sound, or incomplete when some bag's records could not be read."""
        return state_of(self.findings)

    def csv(self, *, bom: bool = False) -> Iterator[bytes]:
        """Yield the table as CSV; memory stays flat.

        Raises :class:`archiver.catalogue.BagRecordsError` for a bag elsewhere whose records cannot
        be read: without a catalogue nobody else knows its files.
        """
        return csv_table(self._drawn(), COLUMNS[self.of], bom=bom)

    def jsonl(self) -> Iterator[bytes]:
        """Yield the table as JSON Lines; memory stays flat. Raises as :meth:`csv`."""
        return json_lines(self._drawn())

    def _drawn(self) -> Iterator[Row]:
        for row in self._all_rows():
            if self.of != "recordings" or row["format"] is not None:
                self.rows += 1
                yield row

    def _all_rows(self) -> Iterator[Row]:
        for folder in self.folders:
            name = folder.resolve().name
            yield from self._files({"bag": name}, file_rows_from(folder), folder)
        if self.archive is not None and (self.bags or not self.folders):
            with Catalogue.open(self.archive.catalogue_url) as catalogue:
                for bag in self._held(catalogue):
                    if self.of == "bags":
                        yield bag_inventory(bag)
                    else:
                        place = self.archive.bag_path(bag.id)
                        yield from self._files(standing(bag), catalogue.files(bag.id), place)

    def _held(self, catalogue: Catalogue) -> Iterator[BagRow]:
        if not self.bags:
            yield from catalogue.bags()
        for bag_id in dict.fromkeys(self.bags):
            bag = catalogue.bag(bag_id)
            if bag is not None:
                yield bag

    def _files(self, of_bag: Row, files: Iterator[FileRow], folder: Path) -> Iterator[Row]:
        described = Described(folder, self.as_of)
        yield from file_inventory(of_bag, files, described)
        if described.problem:
            self.unread += 1
            if self.unread <= _MOST_NAMED:
                name = str(of_bag["bag"])
                self.findings.append(Finding("inventory-bag-unread", described.problem, name))


def inventory_of(
    archive: Archive | None, of: Of, as_of: date, names: Sequence[str] = ()
) -> Inventory:
    """Return the inventory of the bags ``names`` (ids or folders), or of the whole ``archive``.

    Nothing is read of it yet. Raises :class:`UsageError` for what is no bag, and what
    :meth:`archiver.catalogue.Catalogue.open` raises.
    """
    found = {name: held_id(archive, name) if archive else None for name in names}
    folders = [Path(name) for name, bag_id in found.items() if bag_id is None]
    for folder in folders:
        if not (folder / "bagit.txt").is_file():
            raise UsageError(f"{str(folder)!a} is no bag", "Name a bag's folder, or an id.")
        if of == "bags":
            raise UsageError(
                f"{str(folder)!a} is in no archive that could tell of it", "Ask for its files."
            )
    bags = [bag_id for bag_id in found.values() if bag_id is not None]
    if archive is not None and bags:
        with Catalogue.open(archive.catalogue_url) as catalogue:
            for bag_id in bags:
                require_bag(archive, catalogue, bag_id)
    return Inventory(archive, of, as_of, bags, folders)


@dataclass(frozen=True, slots=True)
class InventoryFile:
    """An inventory that was written: where (absolute), and its size in bytes."""

    path: str
    size: int


def write_inventory(path: str, pieces: Iterable[bytes]) -> InventoryFile:
    """Write an inventory to the new file ``path``, which is there whole or not at all.

    Raises :class:`UsageError` when something has that name or the folder is not there,
    :class:`archiver.errors.BusyError` while another run writes it, and
    :class:`archiver.errors.EnvironmentUnusable` when it cannot be written.
    """
    place = check_free(path)
    with file_aside(place) as aside:
        for piece in pieces:
            aside.write(piece)
        return InventoryFile(place, aside.publish())
