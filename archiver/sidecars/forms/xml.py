"""Flat XML files -> events, by expat, which is given no chance to expand anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from xml.parsers import expat

_PIECE = 1 << 16
_MAX_DEPTH = 64
_MAX_TEXT = 16_384  # characters within one element; more is cut


class NotReadError(Exception):
    """The XML is broken, or holds what honest files of this kind never hold."""


class _Walk:
    def __init__(self, on_start: OnStart, on_end: OnEnd) -> None:
        self._on_start, self._on_end = on_start, on_end
        self._text: list[str] = []
        self._length = 0
        self._depth = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = _refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise NotReadError("elements nested too deeply")
        self._text, self._length = [], 0
        self._on_start(_local(name), attributes, self.parser.CurrentLineNumber)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._on_end(_local(name), "".join(self._text).strip(), self.parser.CurrentLineNumber)
        self._text, self._length = [], 0

    def _characters(self, text: str) -> None:
        if self._length < _MAX_TEXT:
            self._text.append(text[: _MAX_TEXT - self._length])
            self._length += len(text)


OnStart = Callable[[str, Mapping[str, str], int], None]
OnEnd = Callable[[str, str, int], None]


def walk_xml(data: bytes, on_start: OnStart, on_end: OnEnd) -> None:
    """Call ``on_start(name, attributes, line)`` and ``on_end(name, text, line)`` in order.

    Names come without their namespace prefix. Raises :class:`NotReadError`; a document type
    declaration alone is reason enough, so that no entity is ever declared.
    """
    walk = _Walk(on_start, on_end)
    try:
        for at in range(0, len(data), _PIECE):
            walk.parser.Parse(data[at : at + _PIECE], False)
        walk.parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise NotReadError(f"broken XML: {error}") from error
    except (LookupError, ValueError) as error:  # an encoding that is unknown, or of many bytes
        raise NotReadError("an encoding that is not read") from error


def _refuse(*_declaration: object) -> None:
    raise NotReadError("a document type declaration")


def _local(name: str) -> str:
    return name.rpartition(":")[2]
