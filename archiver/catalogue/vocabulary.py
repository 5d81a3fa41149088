"""Reading the full-text index word by word, so that two of them can be compared."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from archiver.catalogue import fulltext, schema
from archiver.catalogue.searching import Reading

_PAGE = 1_000

Posting = tuple[str, int, str, int]
"""Bag, number of the file, column, place among the column's words."""


class Vocabulary:
    """The words of a catalogue's full-text index and where each of them stands."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        with reading() as connection:
            self._connection = connection
            fulltext.open_vocabulary(connection)
            bags = connection.execute(select(schema.bag.c.key, schema.bag.c.id))
            self._bags: dict[int, str] = {row.key: row.id for row in bags}

    def words(self) -> Iterator[str]:
        """Yield the words in the order of their bytes."""
        last = ""
        while True:
            with self._reading() as connection:
                page = fulltext.terms(connection, last, _PAGE)
            yield from page
            if len(page) < _PAGE:
                return
            last = page[-1]

    def postings(self, word: str) -> Iterator[Posting]:
        """Yield each mention of ``word``, in the order the bags were taken in and by number.

        What was indexed for a bag that has since been replaced is passed over.
        """
        for bag, number, column, place in fulltext.postings(self._connection, word):
            if bag in self._bags:
                yield self._bags[bag], number, column, place
