"""Well-known licences, told by the first lines of their texts."""

from __future__ import annotations

import re

_BEGINNING = 600  # characters: titles stand at the top
_GNU = (
    ("gnu affero general public license", "AGPL"),
    ("gnu lesser general public license", "LGPL"),
    ("gnu library general public license", "LGPL"),
    ("gnu general public license", "GPL"),
    ("gnu free documentation license", "GFDL"),
)
_VERSION = re.compile(r"version (\d(?:\.\d)?)\b")
_CC = re.compile(
    r"(attribution(?:-(?:noncommercial|noderivatives|noderivs|sharealike))*) (\d\.\d)\b"
)
_CC_WORDS = {
    "attribution": "BY",
    "noncommercial": "NC",
    "noderivatives": "ND",
    "noderivs": "ND",
    "sharealike": "SA",
}
_OTHERS = (
    ("apache license version 2.0", "Apache-2.0"),
    ("mit license", "MIT"),
    ("permission is hereby granted, free of charge, to any person", "MIT"),
)


def licence_at_the_top(text: str) -> str:
    """Return the short name of the licence whose text begins ``text``; "" for none known here.

    Only a title at the very top counts: a text that mentions a licence further down may say
    anything about it.
    """
    top = " ".join(text[:_BEGINNING].lower().split())
    for title, name in _GNU:
        if top.startswith(title):
            version = _VERSION.match(top[len(title) :].lstrip(" ,"))
            return f"{name}-{version[1].removesuffix('.0')}" if version else name
    top = top.removeprefix("creative commons ").removeprefix("legal code ")
    if top.startswith("cc0 1.0"):
        return "CC0 1.0"
    if found := _CC.match(top):
        parts = "-".join(_CC_WORDS[word] for word in found[1].split("-"))
        return f"CC {parts} {found[2]}"
    return next((name for title, name in _OTHERS if top.removeprefix("the ").startswith(title)), "")
