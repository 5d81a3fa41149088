"""Own walkers over audio containers, one file a family; they read headers, never sound."""

from __future__ import annotations

from collections.abc import Callable

from archiver.audio.source import Source
from archiver.audio.walk.adts import walk_adts
from archiver.audio.walk.aiff import walk_aiff
from archiver.audio.walk.ape import walk_ape
from archiver.audio.walk.asf import walk_asf
from archiver.audio.walk.caf import walk_caf
from archiver.audio.walk.dsd import walk_dff, walk_dsf
from archiver.audio.walk.flac import walk_flac
from archiver.audio.walk.matroska import walk_matroska
from archiver.audio.walk.model import Walk
from archiver.audio.walk.mp4 import walk_mp4
from archiver.audio.walk.mpeg import walk_mpeg
from archiver.audio.walk.musepack import walk_musepack
from archiver.audio.walk.ogg import walk_ogg
from archiver.audio.walk.others import walk_au, walk_tta
from archiver.audio.walk.riff import walk_riff
from archiver.audio.walk.wavpack import walk_wavpack

WALKERS: dict[str, Callable[[Source, str, int], Walk]] = {
    **dict.fromkeys(("wav", "rf64", "bw64", "w64"), walk_riff),
    **dict.fromkeys(("aiff", "aifc"), walk_aiff),
    **dict.fromkeys(("ogg-vorbis", "ogg-opus", "ogg-flac", "ogg-speex"), walk_ogg),
    **dict.fromkeys(("mp1", "mp2", "mp3"), walk_mpeg),
    **dict.fromkeys(("m4a", "mp4"), walk_mp4),
    "flac": walk_flac,
    "aac-adts": walk_adts,
    "wavpack": walk_wavpack,
    "tta": walk_tta,
    "ape": walk_ape,
    "musepack": walk_musepack,
    "dsf": walk_dsf,
    "dff": walk_dff,
    "caf": walk_caf,
    "au": walk_au,
    "matroska": walk_matroska,
    "asf": walk_asf,
}


def walk(source: Source, format_id: str, start: int) -> Walk | None:
    """Walk a file whose format and start are known; ``None`` for formats only identified.

    Raises ``OSError`` when the medium gives no bytes.
    """
    walker = WALKERS.get(format_id)
    return walker(source, format_id, start) if walker is not None else None


__all__ = ["Walk", "walk"]
