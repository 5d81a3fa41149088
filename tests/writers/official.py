"""The official schemas, and reading documents as strangers do."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

FOLDER = Path(__file__).parents[1] / "schemas"
METS = "{http://www.loc.gov/METS/}"
PREMIS = "{http://www.loc.gov/premis/v3}"
DC = "{http://purl.org/dc/elements/1.1/}"
XLINK = "{http://www.w3.org/1999/xlink}"
DC_ELEMENTS = frozenset((
    "title", "creator", "subject", "description", "publisher", "contributor", "date", "type",
    "format", "identifier", "source", "language", "relation", "coverage", "rights",
))  # fmt: skip
_BOTH = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:import namespace="http://www.loc.gov/METS/" schemaLocation="mets.xsd"/>
<xs:import namespace="http://www.loc.gov/premis/v3" schemaLocation="premis.xsd"/>
</xs:schema>"""


class _Here(etree.Resolver):  # type: ignore[misc]
    """Finds what schemas import in this folder; anything else is refused."""

    def resolve(self, url: str, _public: str, context: Any) -> Any:
        name = url.rpartition("/")[2]
        if not (FOLDER / name).exists():
            raise AssertionError(f"a schema asks for {url}")
        return self.resolve_filename(str(FOLDER / name), context)


@cache
def schema(name: str) -> Any:
    """Return the compiled schema of a file in ``tests/schemas``; METS comes with PREMIS."""
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Here())
    if name == "mets.xsd":
        return etree.XMLSchema(etree.fromstring(_BOTH, parser, base_url=f"{FOLDER}/both.xsd"))
    return etree.XMLSchema(etree.parse(str(FOLDER / name), parser))


def read(pieces: Iterable[bytes]) -> Any:
    """Return the root of a document, which must be well-formed."""
    parser = etree.XMLParser(no_network=True, resolve_entities=False, huge_tree=True)
    return etree.fromstring(b"".join(pieces), parser)


def valid(root: Any, name: str) -> Any:
    """Return ``root``, having found it valid."""
    found = schema(name)
    assert found.validate(root), str(found.error_log)
    return root


def valid_dc(elements: Iterable[Any]) -> None:
    """Hold elements against the rule of simple Dublin Core."""
    for one in elements:
        assert one.tag.startswith(DC) and one.tag.removeprefix(DC) in DC_ELEMENTS, one.tag
        assert len(one) == 0 and not set(one.attrib) - {
            "{http://www.w3.org/XML/1998/namespace}lang"
        }


def recorded_digests() -> dict[str, str]:
    """Return what ``tests/schemas/README.md`` says of each file."""
    rows = re.findall(
        r"^\| `(\S+)` .*`([0-9a-f]{64})` \|$", (FOLDER / "README.md").read_text("utf-8"), re.M
    )
    return dict(rows)


def sha256(name: str) -> str:
    """Return the digest of a schema as it lies here."""
    return hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()
