"""Finding codes of the catalogue, and of its comparison with bags and log."""

from __future__ import annotations

from archiver.findings import Code, Severity, register

_REBUILD = "Run archiver rebuild: the catalogue is only an index, bags and log are the truth."

register(
    Code(
        "catalogue-row-missing",
        Severity.DAMAGE,
        "Bags or log hold something that the catalogue does not list.",
        _REBUILD,
    ),
    Code(
        "catalogue-row-unknown",
        Severity.DAMAGE,
        "The catalogue lists something that neither bags nor log hold.",
        _REBUILD,
    ),
    Code(
        "catalogue-row-differs",
        Severity.DAMAGE,
        "A row of the catalogue says something else than bags and log.",
        _REBUILD,
    ),
    Code(
        "catalogue-index-differs",
        Severity.DAMAGE,
        "The full-text index says something else of a word than the bags: a search would miss "
        "files, or find wrong ones.",
        _REBUILD,
    ),
    Code(
        "catalogue-damaged",
        Severity.DAMAGE,
        "The catalogue's file is damaged or holds what no catalogue can hold.",
        _REBUILD,
    ),
    Code(
        "catalogue-foreign",
        Severity.DAMAGE,
        "The catalogue belongs to another archive.",
        _REBUILD,
    ),
    Code(
        "catalogue-behind",
        Severity.WARNING,
        "The catalogue has not taken in the newest events: a run died before it could.",
        "Run archiver recover or archiver rebuild.",
    ),
    Code(
        "catalogue-outdated",
        Severity.BLIND,
        "The catalogue was made by another version of the program and was not compared.",
        _REBUILD,
    ),
    Code("catalogue-missing", Severity.BLIND, "There is no catalogue.", _REBUILD),
    Code(
        "held-bag-missing",
        Severity.DAMAGE,
        "The log says that this bag was sealed, and it is not there.",
        "Look for it in a copy of the archive, and find out who moved it.",
    ),
    Code(
        "held-bag-unreadable",
        Severity.BLIND,
        "The bag's own records could not be read, so its files are not in the catalogue.",
        "Run archiver verify on the bag; then check the medium.",
    ),
    Code(
        "held-bag-differs",
        Severity.DAMAGE,
        "The bag is not the one that was sealed: its records differ from what the log says.",
        "Run archiver verify on the bag, and compare it with a copy.",
    ),
    Code(
        "held-bag-unlogged",
        Severity.BLIND,
        "A bag lies in the archive of which the log knows nothing; it is not in the catalogue.",
        "Run archiver recover: it takes up what a crash cut off.",
    ),
)
