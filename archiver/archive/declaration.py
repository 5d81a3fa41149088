"""``archive.toml``: what an archive says of itself."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass

from archiver.clock import parse_utc
from archiver.errors import ArchiverError

FORMAT = "audio-archiver/archive"
VERSION = 1
_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CATALOGUE = re.compile(r"[A-Za-z0-9._/+-]+")


class UnknownFormatError(ArchiverError):
    """``archive.toml`` is damaged, or of a version that this program does not know."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """The content of ``archive.toml``.

    ``identity`` is a UUID; ``created`` UTC text; ``catalogue`` the place of the catalogue
    relative to the archive.
    """

    identity: str
    created: str
    catalogue: str = "catalogue.sqlite"

    def as_bytes(self) -> bytes:
        """Return the file's bytes."""
        return (
            "# This folder is an archive of audio. README.txt says how to read it by hand.\n"
            f'format = "{FORMAT}"\n'
            f"version = {VERSION}\n"
            f'id = "{self.identity}"\n'
            f'created = "{self.created}"\n'
            f'catalogue = "{self.catalogue}"\n'
        ).encode()


def parse_declaration(data: bytes) -> Declaration:
    """Read ``archive.toml``. Raises :class:`UnknownFormatError`; nothing is guessed at."""
    try:
        table = tomllib.loads(data.decode())
    except ValueError as error:
        raise _damaged(f"it is not TOML ({error})") from None
    if table.get("format") != FORMAT:
        raise _damaged(f"its format is not {FORMAT!r}")
    version = table.get("version")
    if version != VERSION or type(version) is not int:
        raise UnknownFormatError(
            f"the archive is in format version {version!r}; this program knows version {VERSION}",
            "Use the program that made it, or a newer one.",
        )
    identity, created, catalogue = (table.get(key) for key in ("id", "created", "catalogue"))
    if not isinstance(identity, str) or not _ID.fullmatch(identity):
        raise _damaged("it has no id")
    if not isinstance(created, str) or not _is_moment(created):
        raise _damaged("it does not say when the archive was made")
    if not isinstance(catalogue, str) or not _is_place(catalogue):
        raise _damaged("it does not say where the catalogue is")
    return Declaration(identity, created, catalogue)


def _is_moment(text: str) -> bool:
    try:
        parse_utc(text)
    except ValueError:
        return False
    return True


def _is_place(text: str) -> bool:
    """Whether ``text`` is a plain relative path: the catalogue stays inside the archive."""
    return bool(_CATALOGUE.fullmatch(text)) and not {"", ".", ".."} & set(text.split("/"))


def _damaged(why: str) -> UnknownFormatError:
    return UnknownFormatError(
        f"archive.toml cannot be believed: {why}",
        "Restore archive.toml from a copy of the archive; it is written once and never changed.",
    )
