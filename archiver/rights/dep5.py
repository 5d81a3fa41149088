"""Debian's machine-readable copyright files (DEP-5), as far as a rights file can use them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

MARK = "Format: http"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One ``Files`` paragraph: its patterns, the holders' lines, the licence's short name."""

    patterns: tuple[str, ...]
    holders: tuple[str, ...]
    licence: str


def is_dep5(text: str) -> bool:
    """Tell whether ``text`` says that it is in this form."""
    return text.lstrip("\ufeff\n ").startswith(MARK)


def paragraphs_of(text: str) -> list[Paragraph]:
    """Return the ``Files`` paragraphs in their order; of several about a file the last holds."""
    found = []
    for fields in _fields(text):
        if "files" in fields:
            licence = fields.get("license", "").partition("\n")[0].strip()
            holders = tuple(line.strip() for line in fields.get("copyright", "").split("\n"))
            found.append(
                Paragraph(tuple(fields["files"].split()), tuple(filter(None, holders)), licence)
            )
    return found


def globs_of(pattern: str) -> tuple[str, ...]:
    """Return a pattern as globs of a rights file: its star passes slashes, theirs does not."""
    if pattern == "*":
        return ("**",)
    escaped = pattern.removeprefix("./").replace("[", "[[]")
    if escaped.endswith("/*"):
        return (escaped + "*",)
    if escaped.startswith("*"):
        return (f"**/{escaped}",)
    return (escaped, f"{escaped}/**") if escaped.endswith("*") else (escaped,)


def _fields(text: str) -> Iterator[dict[str, str]]:
    fields: dict[str, str] = {}
    name = ""
    for line in [*text.splitlines(), ""]:
        if not line.strip():
            if fields:
                yield fields
            fields, name = {}, ""
        elif line[0] in " \t" and name:
            fields[name] += f"\n{line.strip()}"
        elif line[0] not in "# \t" and ":" in line:
            name, _, value = line.partition(":")
            name = name.lower()
            fields[name] = value.strip()
