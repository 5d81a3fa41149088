"""AudioSpecificConfig: what an MPEG-4 audio stream says of itself, in bits.

Source: ISO/IEC 14496-3 1.6.2.1 (AudioSpecificConfig), 1.6.5 (explicit signalling of SBR and PS),
4.4.1 (GASpecificConfig, program_config_element). The numbers in an MPEG-4 file's sample entry are
a template that writers leave as it is (ISO/IEC 14496-14 5.6.1); these here are what is decoded.
"""

from __future__ import annotations

from dataclasses import dataclass

_RATES = (
    96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350,
)  # fmt: skip
_SBR, _PS = 5, 29
_GENERAL = frozenset((1, 2, 3, 4, 6, 7, 17, 19, 20, 21, 22, 23))
_CHANNELS = {**{n: n for n in range(1, 7)}, 7: 8, 11: 7, 12: 8, 14: 8}
_SBR_FOLLOWS, _PS_FOLLOWS = 0x2B7, 0x548


@dataclass(frozen=True, slots=True)
class AacConfig:
    """Channels and sample rate (Hz) as played, where SBR and PS are signalled with them too."""

    object_type: int
    sample_rate: int | None
    channels: int | None
    sbr: bool = False
    ps: bool = False


class _EndedError(Exception):
    """There are fewer bits than there should be."""


class _Bits:
    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data)
        self.left = len(data) * 8

    def take(self, count: int) -> int:
        """Return the next ``count`` bits as a number."""
        if count > self.left:
            raise _EndedError
        self.left -= count
        return self._value >> self.left & ((1 << count) - 1)


def read_aac_config(data: bytes) -> AacConfig | None:
    """Read an AudioSpecificConfig; ``None`` when it is too short to be one."""
    bits = _Bits(data)
    try:
        kind, rate, layout = _object_type(bits), _rate(bits), bits.take(4)
        sbr, ps = kind in (_SBR, _PS), kind == _PS
        if sbr:
            rate, kind = _rate(bits), _object_type(bits)
    except _EndedError:
        return None
    channels = _CHANNELS.get(layout)
    try:
        if kind in _GENERAL:
            listed = _general(bits, kind, layout)
            channels = channels if listed is None else listed
            if not sbr and listed is None:
                sbr, rate, ps = _extension(bits, rate)
    except _EndedError:
        pass
    return AacConfig(kind, rate, 2 if ps and channels == 1 else channels, sbr, ps)


def _object_type(bits: _Bits) -> int:
    kind = bits.take(5)
    return 32 + bits.take(6) if kind == 31 else kind


def _rate(bits: _Bits) -> int | None:
    index = bits.take(4)
    if index == 15:
        return bits.take(24) or None
    return _RATES[index] if index < len(_RATES) else None


def _general(bits: _Bits, kind: int, layout: int) -> int | None:
    """Pass over a GASpecificConfig; return the channels it lists where ``layout`` says none."""
    bits.take(1)
    if bits.take(1):
        bits.take(14)
    extended = bits.take(1)
    listed = _listed_channels(bits) if layout == 0 else None
    if kind in (6, 20):
        bits.take(3)
    if extended:
        bits.take({22: 16, 17: 3, 19: 3, 20: 3, 23: 3}.get(kind, 0))
        bits.take(1)
    return listed


def _listed_channels(bits: _Bits) -> int:
    """Return the channels of a program_config_element: one or two an element, and the LFE's."""
    bits.take(4 + 2 + 4)
    elements = sum(bits.take(4) for _ in range(3))
    low = bits.take(2)
    bits.take(3 + 4)
    for size in (4, 4, 3):
        if bits.take(1):
            bits.take(size)
    return sum(1 + (bits.take(5) >> 4) for _ in range(elements)) + low


def _extension(bits: _Bits, rate: int | None) -> tuple[bool, int | None, bool]:
    """Read the signals of SBR and PS that old decoders pass over: SBR, sample rate, PS."""
    if bits.left < 16 or bits.take(11) != _SBR_FOLLOWS:
        return False, rate, False
    if _object_type(bits) != _SBR or not bits.take(1):
        return False, rate, False
    rate = _rate(bits)
    ps = bits.left >= 12 and bits.take(11) == _PS_FOLLOWS and bits.take(1) == 1
    return True, rate, ps
