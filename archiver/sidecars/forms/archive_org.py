"""``ITEM_files.xml`` of the Internet Archive: size, MD5, SHA-1 and CRC-32 of each file."""

from __future__ import annotations

import re
from collections.abc import Mapping

from archiver.sidecars.forms.xml import NotReadError, walk_xml
from archiver.sidecars.model import Assertion, Parsed

_FORMS = {
    "md5": re.compile(r"[0-9a-f]{32}"),
    "sha1": re.compile(r"[0-9a-f]{40}"),
    "crc32": re.compile(r"[0-9a-f]{8}"),
    "size": re.compile(r"[0-9]{1,15}"),
}


class _Listing:
    def __init__(self, sidecar: str) -> None:
        self.sidecar = sidecar
        self.assertions: list[Assertion] = []
        self.strange: list[int] = []
        self._name: str | None = None

    def start(self, element: str, attributes: Mapping[str, str], line: int) -> None:
        if element == "file":
            self._name = attributes.get("name")
            if not self._name:
                self.strange.append(line)

    def end(self, element: str, text: str, line: int) -> None:
        if element == "file":
            self._name = None
        form = _FORMS.get(element)
        if form is None or not self._name:
            return
        value = text.lower()
        if not form.fullmatch(value):
            self.strange.append(line)
            return
        expected = str(int(value)) if element == "size" else value
        self.assertions.append(Assertion(self.sidecar, line, self._name, element, expected))


def parse_archive_org(sidecar: str, data: bytes) -> Parsed:
    """Return what the listing asserts; all that stood before the place where it breaks."""
    listing = _Listing(sidecar)
    problem = None
    try:
        walk_xml(data, listing.start, listing.end)
    except NotReadError as wrong:
        problem = str(wrong)
    first = listing.strange[0] if listing.strange else 0
    return Parsed(listing.assertions, len(listing.strange), first, problem)
