"""Finding the rights that hold for a source: given by hand, or in a rights file beside it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection
from dataclasses import dataclass

from archiver.errors import UsageError
from archiver.rights.evidence import evidence_digests, files_inside
from archiver.tree import Tree
from policies.codes import RULES
from policies.names import shown
from policies.rights import (
    RightsBook,
    RightsMistakes,
    RightsStatement,
    book_of,
    judge_rights,
    parse_rights_file,
)
from policies.rights.book import judge_book
from policies.rights.reading import FILE_NAME
from policies.verdicts import Reason

_MOST_BYTES = (1 << 20) + 1  # one more than a rights file may have


@dataclass(frozen=True, slots=True)
class RightsInForce:
    """What was said of the rights in a source, and where.

    ``folder`` is where the rights file lies and its documents are looked for, ``data`` the file
    byte for byte; both ``None`` for a basis given in few words (``brief``). ``set_aside``: the
    source holds a rights file that is not used.
    """

    source: str
    book: RightsBook
    brief: RightsStatement | None = None
    folder: str | None = None
    data: bytes | None = None
    set_aside: bool = False

    @property
    def digest(self) -> str | None:
        """SHA-256 of the rights file."""
        return None if self.data is None else hashlib.sha256(self.data).hexdigest()

    def reasons(self, accepted: Collection[str]) -> tuple[Reason, ...]:
        """Return what is to be said of the rights as a whole; what refuses stands against all.

        ``accepted`` are the bases that the policy accepts.
        """
        if self.brief is not None:
            found = judge_rights(self.brief, accepted)
        else:
            digests = evidence_digests(self.book, self.folder or "")
            found = tuple(reason for _, reason in judge_book(self.book, digests, accepted))
            found += tuple(
                _reason("rights-evidence-inside", f"{document.id}: {shown(document.file or '')}")
                for document in files_inside(self.book, self.folder or "", self.source)
            )
        if self.set_aside:
            found += (_reason("rights-file-set-aside"),)
        return found


def load_rights(
    source: str, brief: RightsStatement | None = None, file: str | None = None
) -> RightsInForce | None:
    """Return the rights that hold for the folder ``source``; ``None`` where nobody said any.

    ``brief`` and ``file`` are what the command line gives, and go before a ``rights.toml`` in
    the source. Raises :class:`~archiver.errors.UsageError` for a rights file that cannot be
    read or has mistakes in it.
    """
    beside = holds_rights_file(source)
    if brief is not None:
        book = RightsBook(()) if judge_rights(brief) else book_of(brief)
        return RightsInForce(source, book, brief, set_aside=beside)
    if file is not None:
        folder, name = os.path.split(os.path.abspath(file))
        is_other = beside and not _same(file, os.path.join(source, FILE_NAME))
        return _load(source, folder, name, is_other)
    return _load(source, source, FILE_NAME, False) if beside else None


def holds_rights_file(source: str) -> bool:
    """Tell whether the folder ``source`` has a rights file at its top."""
    return bool(source) and os.path.lexists(os.path.join(source, FILE_NAME))


def load_book(file: str) -> RightsBook:
    """Return the statements in a rights file. Raises as :func:`load_rights`."""
    folder, name = os.path.split(os.path.abspath(file))
    return _load("", folder, name, False).book


def _load(source: str, folder: str, name: str, set_aside: bool) -> RightsInForce:
    place = os.path.join(folder, name)
    try:
        with Tree(folder) as tree, os.fdopen(tree.open_file(name), "rb") as file:
            data = file.read(_MOST_BYTES)
    except OSError as error:
        raise UsageError(
            f"the rights file {place} cannot be read: {error.strerror}",
            "It must be a file that this user may read, and no link.",
        ) from error
    try:
        found = parse_rights_file(data)
    except RightsMistakes as wrong:
        raise UsageError(f"the rights file {place} has mistakes in it", wrong.listed) from wrong
    if isinstance(found, RightsStatement):
        # All it says stands in the record, as if the command line had said it.
        return RightsInForce(source, book_of(found), found, set_aside=set_aside)
    return RightsInForce(source, found, None, folder, data, set_aside)


def _same(one: str, other: str) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


def _reason(code: str, detail: str = "") -> Reason:
    return Reason(code, RULES[code].level, detail)
