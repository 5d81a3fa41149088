"""What a writer is told of a member, and what it must be able to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

Buffer = bytes | bytearray | memoryview


@dataclass(frozen=True, slots=True)
class Member:
    """A file or folder to be written; ``name`` has ``/``, a folder's ends in one.

    ``size`` is bytes, ``mtime_ns`` nanoseconds since 1970. Owner and mode are not asked for: they
    would make two machines write different bytes.
    """

    name: str
    size: int
    mtime_ns: int

    @property
    def is_folder(self) -> bool:
        """Whether this is a folder."""
        return self.name.endswith("/")


class Output(Protocol):
    """The file that is written, as far as writers use it; only zip goes back in it."""

    def write(self, data: Buffer, /) -> object:
        """Write all of ``data``."""

    def seek(self, offset: int, /) -> object:
        """Go to a place."""

    def tell(self) -> int:
        """Return the place."""

    def flush(self) -> object:
        """Compressors ask for it."""


class Writer(Protocol):
    """Writes members one after another: :meth:`begin`, its bytes by :meth:`data`, :meth:`end`."""

    def begin(self, member: Member) -> None:
        """Write what stands before the member's bytes."""

    def data(self, portion: memoryview) -> None:
        """Write more of its bytes; all portions together are as many as were announced."""

    def end(self) -> None:
        """Write what stands behind its bytes."""

    def finish(self) -> None:
        """Write the end of the archive. Nothing can be added then."""
