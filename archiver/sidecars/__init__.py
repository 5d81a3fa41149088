"""Fixity information that came with a collection: found, read, checked, and kept as evidence.

Lists of digests, fingerprints, logs of ripping programs, cue sheets and playlists are parsed as
pure text; then each thing they assert is compared with the payload, and every assertion comes to
one result of its own.
"""

from archiver.sidecars.check import PriorFixity, check_prior_fixity
from archiver.sidecars.decoded import DecodedSound, Decoder
from archiver.sidecars.ledger import Needed
from archiver.sidecars.model import Assertion, Parsed, Result
from archiver.sidecars.parsing import parse_sidecar
from archiver.sidecars.recognise import Kind, any_sidecar, recognise

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
