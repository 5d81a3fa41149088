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
PBCORE = "{http://www.pbcore.org/PBCore/PBCoreNamespace.html}"
XLINK = "{http://www.w3.org/1999/xlink}"
_ALL = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:import namespace="http://www.loc.gov/METS/" schemaLocation="mets.xsd"/>
<xs:import namespace="http://www.loc.gov/premis/v3" schemaLocation="premis.xsd"/>
<xs:import namespace="http://www.pbcore.org/PBCore/PBCoreNamespace.html"
 schemaLocation="pbcore.xsd"/>
<xs:import namespace="http://purl.org/dc/elements/1.1/" schemaLocation="simpledc.xsd"/>
</xs:schema>"""
_CONTAINER = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:dc="http://purl.org/dc/elements/1.1/">
<xs:import namespace="http://purl.org/dc/elements/1.1/" schemaLocation="simpledc.xsd"/>
<xs:element name="metadata"><xs:complexType><xs:group ref="dc:elementsGroup"/></xs:complexType>
</xs:element></xs:schema>"""
_COMPOSED = {"mets.xsd": _ALL, "simpledc.xsd": _CONTAINER}


class _Here(etree.Resolver):  # type: ignore[misc]
    """Finds what schemas import in this folder; anything else is refused."""

    def resolve(self, url: str, _public: str, context: Any) -> Any:
        name = url.rpartition("/")[2]
        if not (FOLDER / name).exists():
            raise AssertionError(f"a schema asks for {url}")
        return self.resolve_filename(str(FOLDER / name), context)


@cache
def schema(name: str) -> Any:
    """Return the compiled schema of a file in ``tests/schemas``; METS comes with all others.

    The schema of Dublin Core leaves the element around the fifteen to whoever uses it.
    """
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Here())
    if name in _COMPOSED:
        root = etree.fromstring(_COMPOSED[name], parser, base_url=f"{FOLDER}/composed.xsd")
        return etree.XMLSchema(root)
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


def recorded_digests() -> dict[str, str]:
    """Return what ``tests/schemas/README.md`` says of each file."""
    rows = re.findall(
        r"^\| `(\S+)` .*`([0-9a-f]{64})` \|$", (FOLDER / "README.md").read_text("utf-8"), re.M
    )
    return dict(rows)


def sha256(name: str) -> str:
    """Return the digest of a schema as it lies here."""
    return hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()
