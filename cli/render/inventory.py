"""How the writing of an inventory is told."""

from __future__ import annotations

from collections.abc import Iterator

from archiver.inventory import Inventory, InventoryFile
from cli.render.findings import finding_record, item_lines, of_finding
from cli.render.json_lines import Record
from cli.render.text import Line, count, size


def inventory_records(
    form: str, inventory: Inventory, written: InventoryFile | None
) -> Iterator[Record]:
    """Yield a record for each bag that could not be read, then that of the inventory."""
    for finding in inventory.findings:
        yield finding_record(finding, bag=finding.path)
    yield {
        "type": "inventory",
        "form": form,
        "of": inventory.of,
        "state": inventory.state.value,
        "as_of": inventory.as_of.isoformat(),
        "path": written.path if written else None,
        "rows": inventory.rows,
        "size": written.size if written else None,
        "unread_bags": inventory.unread,
    }


def inventory_lines(
    inventory: Inventory, written: InventoryFile | None, every: bool
) -> Iterator[Line]:
    """Yield what a person is told of it."""
    if written:
        rows = count(inventory.rows, inventory.of.removesuffix("s"))
        yield Line(f"wrote {written.path}: {rows}, {size(written.size)}")
    items = map(of_finding, inventory.findings)
    yield from item_lines(items, every, {"inventory-bag-unread": inventory.unread})
