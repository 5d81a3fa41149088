"""Public statements: the twelve of rightsstatements.org, and the Creative Commons licences.

Labels for the public. No permission is ever derived from one. Source: rightsstatements.org
data model 1.0; https://creativecommons.org/licenses/.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from policies.mistakes import suggestion


@dataclass(frozen=True, slots=True)
class Label:
    """A public statement: what it is called, and the copyright status it implies, if any.

    ``conditions`` are the parts of a Creative Commons licence: ``by``, ``nc``, ``nd``, ``sa``.
    """

    uri: str
    name: str
    copyright_status: str | None = None
    conditions: frozenset[str] = frozenset()


_STATEMENTS: Mapping[str, tuple[str, str | None]] = {
    "InC": ("In Copyright", "copyrighted"),
    "InC-OW-EU": ("In Copyright - EU Orphan Work", "copyrighted"),
    "InC-RUU": ("In Copyright - Rights-holder(s) Unlocatable or Unidentifiable", "copyrighted"),
    "InC-EDU": ("In Copyright - Educational Use Permitted", "copyrighted"),
    "InC-NC": ("In Copyright - Non-Commercial Use Permitted", "copyrighted"),
    "NoC-NC": ("No Copyright - Non-Commercial Use Only", "publicdomain"),
    "NoC-CR": ("No Copyright - Contractual Restrictions", "publicdomain"),
    "NoC-OKLR": ("No Copyright - Other Known Legal Restrictions", "publicdomain"),
    "NoC-US": ("No Copyright - United States", None),
    "NKC": ("No Known Copyright", "unknown"),
    "CNE": ("Copyright Not Evaluated", "unknown"),
    "UND": ("Copyright Undetermined", None),
}
STATEMENT_CODES = tuple(_STATEMENTS)

_HYPHENS = re.compile("[\u2010-\u2015\u2212\u00ad\ufe63\uff0d]")
_RIGHTS = re.compile(
    r"(?:https?://)?(?:www\.)?rightsstatements\.org/(?:vocab|page|data)/([A-Za-z-]+)"
    r"(?:/1\.0)?/?(?:[?#].*)?",
    re.IGNORECASE,
)
_CC = re.compile(
    r"(?:https?://)?(?:www\.)?creativecommons\.org/"
    r"(licen[cs]es|publicdomain)/([a-z-]+)(?:/(\d\.\d))?(?:/(?!deed|legalcode)([a-z]{2,10}))?"
    r"(?:/(?:deed|legalcode)(?:[.-][A-Za-z_.-]+)?)?/?(?:[?#].*)?",
    re.IGNORECASE,
)
_CC_KINDS = {
    frozenset(kind.split("-")): kind
    for kind in ("by", "by-sa", "by-nd", "by-nc", "by-nc-sa", "by-nc-nd")
}
_CC_VERSIONS = ("1.0", "2.0", "2.1", "2.5", "3.0", "4.0")
_PORTED_UNTIL = "3.0"  # version 4.0 is the same everywhere
_BY_LETTERS = {code.replace("-", "").upper(): code for code in _STATEMENTS}


def label_of(text: str) -> Label | None:
    """Return the public statement that ``text`` means, in its one true form; ``None`` if none.

    Understands what is found in the wild: ``https``, ``/page/`` addresses with a language, missing
    slashes, other hyphens or none, deeds and legal codes. Compare ``text`` with ``uri`` to see
    whether it was written as it should be.
    """
    plain = _HYPHENS.sub("-", text.strip())
    if found := _RIGHTS.fullmatch(plain):
        return _statement(found[1])
    if found := _CC.fullmatch(plain):
        return _creative_commons(*(part and part.lower() for part in found.groups()))
    return None


def _statement(letters: str) -> Label | None:
    code = _BY_LETTERS.get(letters.replace("-", "").upper())
    if code is None:
        return None
    name, status = _STATEMENTS[code]
    return Label(f"http://rightsstatements.org/vocab/{code}/1.0/", name, status)


def _creative_commons(
    folder: str | None, kind: str | None, version: str | None, port: str | None
) -> Label | None:
    assert kind is not None  # the expression has it in every match
    if folder == "publicdomain":
        if kind not in ("zero", "mark") or version not in (None, "1.0"):
            return None
        name = "CC0 1.0" if kind == "zero" else "Public Domain Mark 1.0"
        uri = f"https://creativecommons.org/publicdomain/{kind}/1.0/"
        return Label(uri, name, "publicdomain")
    conditions = frozenset(kind.split("-"))
    known = _CC_KINDS.get(conditions)
    if known is None or version not in _CC_VERSIONS:
        return None
    if port is not None and version > _PORTED_UNTIL:
        return None
    if version == "1.0" and known == "by-nc-nd":
        known = "by-nd-nc"  # as it was called in its first version
    tail = f"{port}/" if port else ""
    uri = f"https://creativecommons.org/licenses/{known}/{version}/{tail}"
    name = f"CC {known.upper()} {version}" + (f" {port.upper()}" if port else "")
    return Label(uri, name, "copyrighted", conditions)


def uri_hint(text: str) -> str:
    """Return what to write instead of an unknown URI."""
    code = re.sub(r".*/(?:vocab|page)/", "", text).partition("/")[0]
    return suggestion(code, STATEMENT_CODES)
