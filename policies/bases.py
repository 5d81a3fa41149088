"""The rights bases: why somebody may keep copies of a recording."""

from __future__ import annotations

from collections.abc import Mapping

BASES: Mapping[str, str] = {
    "own-production": "we made the recording ourselves",
    "copyright-owner": "we own the rights, or act for their owner",
    "licence": "a licence permits keeping copies (the note names it)",
    "public-domain": "the recording and what it performs are in the public domain",
    "statute": "a law permits preservation copies (the note names the provision)",
    "deposit": "it is kept for its owner under a deposit agreement (the note names it)",
    "donor": "a donor gave it with the right to keep copies (the note names the deed)",
    "other": "another reason, which the note gives",
}

NEED_A_NOTE = frozenset({"licence", "statute", "deposit", "donor", "other"})
"""Bases that say nothing until somebody says which: which licence, which provision."""
