"""Finding codes of the inventory."""

from __future__ import annotations

from archiver.findings import Code, Severity, register

register(
    Code(
        "inventory-bag-unread",
        Severity.BLIND,
        "The bag's own records could not be read, or are not those the catalogue was made from: "
        "columns that only they could fill are empty for some of its files.",
        "Run archiver verify on the bag.",
    ),
)
