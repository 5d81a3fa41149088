"""A bag's text files as a stream of decoded blocks of whole lines, in flat memory.

Lines end with LF, CR or CRLF and with nothing else (RFC 8493 2.3): U+2028, U+0085, VT and FF
are ordinary characters. Bytes that are not of the declared encoding come out as lone
surrogates U+DC80..U+DCFF, so that a reader can name the line.
"""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator

from archiver.tree import Tree

BLOCK_BYTES = 1 << 18
LINE_CAP = 1 << 20

# These stand in place of a line that could not be delivered. No real line equals them without
# being unparsable too, for no path holds a NUL.
OVERLONG = "\0overlong"
UNDECODABLE = "\0undecodable"

_CODECS = {
    "UTF-8": "utf-8",
    "UTF8": "utf-8",
    "US-ASCII": "ascii",
    "ASCII": "ascii",
    "ANSI_X3.4-1968": "ascii",
    "UTF-16": "utf-16",
    "UTF-16BE": "utf-16-be",
    "UTF-16LE": "utf-16-le",
    "UTF-32": "utf-32",
    "UTF-32BE": "utf-32-be",
    "UTF-32LE": "utf-32-le",
    "LATIN1": "iso8859-1",
    **{f"ISO-8859-{n}": f"iso8859-{n}" for n in range(1, 16) if n != 12},
    **{f"ISO_8859-{n}": f"iso8859-{n}" for n in range(1, 16) if n != 12},
}

_MARKS = {
    "utf-16": ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")),
    "utf-32": ((codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be")),
}


def codec_of(encoding: str) -> str | None:
    """Return the codec for a declared encoding, or None when it is not on the list.

    The list is closed: a name out of a hostile bag never reaches Python's codec registry,
    which also knows "encodings" like zlib and rot13.
    """
    return _CODECS.get(encoding.strip().upper())


class TextBlocks:
    """One pass over a text file; ``marked`` tells afterwards whether it began with a needless BOM.

    ``lf_only``: only LF ends a line (b3sum's lists, which keep CR as it is).
    """

    def __init__(self, tree: Tree, path: str, codec: str, *, lf_only: bool = False) -> None:
        self._tree, self._path, self._codec, self._lf_only = tree, path, codec, lf_only
        self.marked = False

    def __iter__(self) -> Iterator[str]:
        """Yield blocks of whole lines, each line ended by LF. Raises ``OSError``."""
        rest, dropping = "", False
        for text in self._decoded():
            if dropping:
                _, end, text = text.partition("\n")
                dropping = not end
            head, end, tail = text.rpartition("\n")
            if end:
                yield rest + head + "\n"
                rest = tail
            else:
                rest += tail
            if len(rest) > LINE_CAP:
                yield OVERLONG + "\n"
                rest, dropping = "", True
        if rest:
            yield rest + "\n"

    def _decoded(self) -> Iterator[str]:
        fd = self._tree.open_file(self._path)
        try:
            yield from self._unified(fd)
        finally:
            os.close(fd)

    def _unified(self, fd: int) -> Iterator[str]:
        """Yield decoded text whose line ends are all LF; a CR at a block's end is held back."""
        held, first = "", True
        for text in self._raw_text(fd):
            if first and text:
                self.marked, first = text.startswith("\ufeff"), False
                text = text.removeprefix("\ufeff")
            text, held = held + text, ""
            if not self._lf_only and "\r" in text:
                if text.endswith("\r"):
                    text, held = text[:-1], "\r"
                text = text.replace("\r\n", "\n").replace("\r", "\n")
            yield text
        if held:
            yield "\n"

    def _raw_text(self, fd: int) -> Iterator[str]:
        data = os.read(fd, BLOCK_BYTES)
        codec, data = _settle(self._codec, data)
        decoder = codecs.getincrementaldecoder(codec)("surrogateescape")
        try:
            while data:
                yield decoder.decode(data)
                data = os.read(fd, BLOCK_BYTES)
            yield decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            yield f"\n{UNDECODABLE}\n"


def _settle(codec: str, head: bytes) -> tuple[str, bytes]:
    """Return the codec with its byte order decided by the mark, and ``head`` without the mark."""
    for mark, settled in _MARKS.get(codec, ()):
        if head.startswith(mark):
            return settled, head[len(mark) :]
    return (f"{codec}-be" if codec in _MARKS else codec), head  # RFC 2781 4.3: no mark, big-endian


def has_undecodable(text: str) -> bool:
    """Tell whether ``text`` holds characters that stand for bytes of another encoding."""
    if text.isascii():
        return False
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False
