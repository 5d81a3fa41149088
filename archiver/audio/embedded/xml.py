"""XML inside audio files (iXML, ADM's ``axml``, XMP): read by expat alone, without any DTD.

A document type is refused before the parser can meet an entity, so nothing expands and nothing
outside is ever asked for.
"""

from __future__ import annotations

from typing import Any
from xml.parsers import expat

from archiver.audio.tags.values import json_ready

_MOST_ELEMENTS = 5_000
_DEEPEST = 64
_LARGEST = 4 << 20
_LONGEST_PATH = 2_000  # characters; each element that holds text repeats the path to it


class _RefusedError(Exception):
    """The document uses something that is not read, or is too large or too deep."""


def read_xml(data: bytes) -> dict[str, Any]:
    """Return ``{"elements": [[path, text], ...]}`` of the elements that hold text, in order.

    ``path`` is the names of the elements from the root with ``/`` between, namespaces as they
    are written. What cannot be read gives ``{"unreadable": reason}``; the bytes themselves stay
    in the file and are covered by the digest of their chunk.
    """
    data = data.rstrip(b"\0")
    if len(data) > _LARGEST:
        return {"unreadable": f"{len(data)} bytes of XML"}
    reader = _Reader()
    try:
        reader.parser.Parse(data, True)
    except (expat.ExpatError, _RefusedError, UnicodeError, ValueError) as error:
        return {"unreadable": json_ready(str(error)), "elements": reader.found[:_MOST_ELEMENTS]}
    return {"elements": reader.found}


class _Reader:
    """Collects the text of elements; the depth is bounded, the tree is never built."""

    def __init__(self) -> None:
        self.found: list[list[Any]] = []
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self._path: list[str] = []
        self._texts: list[list[str]] = []

    def _refuse(self, *_: object) -> None:
        raise _RefusedError("a document type is not read")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._path) >= _DEEPEST or len(self.found) >= _MOST_ELEMENTS:
            raise _RefusedError("too deep or too many elements")
        self._path.append(name)
        self._texts.append([])
        if sum(map(len, self._path)) > _LONGEST_PATH:
            raise _RefusedError("names too long")
        for key, value in attributes.items():
            if len(self.found) >= _MOST_ELEMENTS or len(key) > _LONGEST_PATH:
                raise _RefusedError("too many attributes, or names too long")
            self.found.append(["/".join(self._path) + "/@" + key, json_ready(value)])

    def _text(self, text: str) -> None:
        if self._texts:
            self._texts[-1].append(text)

    def _end(self, _: str) -> None:
        text = "".join(self._texts.pop()).strip()
        if text:
            self.found.append(["/".join(self._path), json_ready(text)])
        self._path.pop()
