"""The ``fmt `` chunk: what kind of samples a WAVE family file holds.

Sources: Microsoft's ``mmreg.h`` (format tags, WAVEFORMATEX, WAVEFORMATEXTENSIBLE) and IBM and
Microsoft's Multimedia Programming Interface 1.0 (PCMWAVEFORMAT).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from archiver.audio.walk.model import PcmLayout, Walk

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_CODECS = {
    _PCM: "pcm",
    0x0002: "adpcm-ms",
    _FLOAT: "pcm-float",
    0x0006: "alaw",
    0x0007: "mulaw",
    0x0011: "adpcm-ima",
    0x0031: "gsm-6.10",
    0x0050: "mp2",
    0x0055: "mp3",
    0x00FF: "aac",
    0x000A: "wma-voice",
    0x0160: "wma1",
    0x0161: "wma2",
    0x0162: "wma-pro",
    0x0163: "wma-lossless",
    0x2000: "ac3",
    0x2001: "dts",
}
_GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")


@dataclass(frozen=True, slots=True)
class WaveFormat:
    """A ``fmt `` chunk, checked for having all its parts."""

    tag: int
    channels: int
    rate: int
    byte_rate: int
    block: int
    bits: int
    valid_bits: int
    mask: int | None
    extensible: bool
    size: int

    @property
    def is_plain(self) -> bool:
        """Whether each sample has its own bytes: PCM or float, no coding."""
        return self.tag in (_PCM, _FLOAT)

    @property
    def bytes_a_second(self) -> int:
        """How many bytes a second takes: by the samples where they are plain, else as stated."""
        if not self.is_plain:
            return self.byte_rate
        return self.rate * self.channels * ((self.bits + 7) // 8)

    @property
    def codec(self) -> str:
        """The codec under this room's name, or ``wave-0x....`` by its tag."""
        return _CODECS.get(self.tag, f"wave-0x{self.tag:04x}")


def read_format(data: bytes) -> WaveFormat | None:
    """Read a ``fmt `` chunk; ``None`` when it is too short to be one."""
    if len(data) < 14:
        return None
    tag, channels, rate, byte_rate, block = struct.unpack_from("<HHIIH", data)
    bits = int.from_bytes(data[14:16], "little")
    valid, mask, extensible = bits, None, False
    if tag == _EXTENSIBLE and len(data) >= 40:
        valid = int.from_bytes(data[18:20], "little") or bits
        mask = int.from_bytes(data[20:24], "little")
        extensible = True
        if data[26:40] == _GUID_TAIL:
            tag = int.from_bytes(data[24:26], "little")
    return WaveFormat(
        tag, channels, rate, byte_rate, block, bits, valid, mask, extensible, len(data)
    )


def apply_format(walk: Walk, wave: WaveFormat, offset: int) -> None:
    """Put the facts of ``wave`` into ``walk``, and what is wrong in it into its findings."""
    walk.facts_from(
        codec=wave.codec,
        sample_rate=wave.rate,
        channels=wave.channels,
        bit_depth=wave.valid_bits or None,
        channel_mask=wave.mask,
        bit_rate=wave.byte_rate * 8,
        mode="constant" if wave.is_plain else None,
    )
    if not wave.is_plain:
        return
    width = (wave.bits + 7) // 8
    if wave.channels == 0 or wave.rate == 0 or wave.bits == 0:
        walk.structure("the format chunk states no channels, sample rate or bit depth", offset)
        return
    if wave.block != wave.channels * width:
        walk.structure(f"block alignment is {wave.block}, not {wave.channels * width}", offset)
    if wave.byte_rate != wave.rate * wave.channels * width:
        due = wave.rate * wave.channels * width
        walk.structure(f"the byte rate is given as {wave.byte_rate}, not {due}", offset)
    apply_pcm(walk, wave)


def apply_pcm(walk: Walk, wave: WaveFormat) -> None:
    """Say how samples lie in the file, where they are whole numbers that fill their bytes."""
    if wave.tag == _PCM and wave.valid_bits == wave.bits and wave.bits in (8, 16, 24, 32):
        walk.pcm = PcmLayout(wave.bits, wave.channels, unsigned=wave.bits == 8)
