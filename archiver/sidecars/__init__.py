"""Fixity information that came with a collection: found, read, checked, and kept as evidence.

Lists of digests, fingerprints, logs of ripping programs, cue sheets and playlists are parsed as
pure text; then each thing they assert is compared with the payload, and every assertion comes to
one result of its own.

What parses and checks is imported when it is first asked for: most collections bring nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from archiver.sidecars.model import Assertion, Parsed, Result
from archiver.sidecars.recognise import Kind, any_sidecar, recognise

if TYPE_CHECKING:
    from archiver.sidecars.check import PriorFixity, check_prior_fixity
    from archiver.sidecars.decoded import DecodedSound, Decoder
    from archiver.sidecars.ledger import Needed
    from archiver.sidecars.parsing import parse_sidecar

__all__ = [
    "Assertion",
    "DecodedSound",
    "Decoder",
    "Kind",
    "Needed",
    "Parsed",
    "PriorFixity",
    "Result",
    "any_sidecar",
    "check_prior_fixity",
    "parse_sidecar",
    "recognise",
]

_LATER = {
    "DecodedSound": "decoded",
    "Decoder": "decoded",
    "Needed": "ledger",
    "PriorFixity": "check",
    "check_prior_fixity": "check",
    "parse_sidecar": "parsing",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for the first time."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
