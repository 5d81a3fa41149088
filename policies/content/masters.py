"""Rules about what a master must be: lossless, its sample rate, bit depth and channels."""

from __future__ import annotations

from collections.abc import Iterator

from policies.content.facts import FileFacts
from policies.content.formats import Observation
from policies.model import Policy
from policies.names import shown

LOSSLESS = frozenset(("pcm", "pcm-float", "flac", "alac", "tta", "ape", "dsd", "dst"))
"""Codings that give back every sample, whatever their mode."""
_NOT_KNOWN = "not known"


def by_sound(facts: FileFacts, policy: Policy) -> Iterator[Observation]:
    """Observe where a master is not what it must be. What is not known is not met."""
    master, known = policy.formats.master, facts.facts
    if master.lossless and (words := _lossy(facts)):
        yield "master-lossy", words
    rate, depth, channels = (known.get(key) for key in ("sample_rate", "bit_depth", "channels"))
    if master.sample_rates and rate not in master.sample_rates:
        yield "master-sample-rate", f"{rate:,} Hz" if rate else _NOT_KNOWN
    # A lossy coding has no bit depth: that it is lossy is for master-lossy to say.
    has_depth = depth is not None or not _lossy(facts)
    if master.bit_depths and has_depth and depth not in master.bit_depths:
        yield "master-bit-depth", f"{depth} bit" if depth else _NOT_KNOWN
    if master.channels and channels not in master.channels:
        yield "master-channels", f"{channels}" if channels else _NOT_KNOWN


def _lossy(facts: FileFacts) -> str:
    """Return what is lossy in words; "" for what is lossless."""
    codec, mode = facts.facts.get("codec"), facts.facts.get("mode")
    if mode == "lossless" or codec in LOSSLESS:
        return ""
    if codec is None:
        return f"{facts.format}, of a coding not known"
    return f"{shown(str(codec))} ({mode})" if mode == "hybrid" else shown(str(codec))
