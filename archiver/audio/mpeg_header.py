"""The four bytes that begin an MPEG audio frame, and the seven that begin an ADTS one.

Sources: ISO/IEC 11172-3 2.4.2.3 and ISO/IEC 13818-3 (MPEG-1/2 layers I-III), the customary
MPEG 2.5 extension, and ISO/IEC 14496-3 1.A.3 (ADTS).
"""

from __future__ import annotations

from dataclasses import dataclass

# kbit/s by bitrate index 1-14; index 0 is "free format", 15 is forbidden.
_BITRATES = {
    (1, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = {"1": (44100, 48000, 32000), "2": (22050, 24000, 16000), "2.5": (11025, 12000, 8000)}
_VERSIONS = {0: "2.5", 2: "2", 3: "1"}
_ADTS_RATES = (
    96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350,
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class MpegHeader:
    """One MPEG audio frame header; ``size`` is the whole frame in bytes, header included.

    There is one object for each header that can be: those of a million frames are compared and
    counted by identity.
    """

    version: str  # "1", "2" or "2.5"
    layer: int
    protected: bool  # a CRC-16 follows the header
    bit_rate: int  # bit/s
    sample_rate: int
    channels: int
    channel_mode: str
    samples: int  # per channel
    size: int

    def same_stream(self, other: MpegHeader) -> bool:
        """Whether both may belong to one stream: these facts never change within it."""
        return (self.version, self.layer, self.sample_rate) == (
            other.version,
            other.layer,
            other.sample_rate,
        )


_MODES = ("stereo", "joint stereo", "dual channel", "mono")
_mpeg_known: dict[int, MpegHeader | None] = {}


def mpeg_header(data: bytes, at: int = 0) -> MpegHeader | None:
    """Read the MPEG audio frame header at ``at``; ``None`` when there is none.

    Free-format frames (no declared bit rate) are answered with ``None``: their size cannot be
    known from the header; see :func:`free_header`.
    """
    if len(data) < at + 4 or data[at] != 0xFF:
        return None
    # Private, copyright, original and emphasis bits say nothing about the frame's shape: left out
    # of the key, one table of at most a few thousand headers serves every file.
    key = (data[at + 1] << 16 | data[at + 2] << 8 | data[at + 3]) & 0xFFFEC0
    if key not in _mpeg_known:
        _mpeg_known[key] = _parse_mpeg(key)
    return _mpeg_known[key]


# The largest frame that an encoder makes is one of 640 kbit/s at 32 kHz (2,881 bytes).
LARGEST_FREE = 4096
_LEAST_FREE = 24  # 8 kbit/s at 48 kHz
_LONG_FREE = 1365  # of longer ones, no third stands within 4 KiB
_FREE_BELIEVED = 4  # headers that must follow each other
_MOST_FREE_KNOWN = 10_000
_free_known: dict[tuple[int, int], MpegHeader | None] = {}


def free_header(data: bytes, at: int, unpadded: int) -> MpegHeader | None:
    """Read the header of a free-format frame, whose size without padding is ``unpadded``.

    ISO/IEC 11172-3 2.4.2.3: the bit rate is constant, and none of the table. Layer I is left out:
    nobody writes it so, and text in UTF-16 looks like it.
    """
    if len(data) < at + 4 or data[at] != 0xFF:
        return None
    key = (data[at + 1] << 16 | data[at + 2] << 8 | data[at + 3]) & 0xFFFEC0
    if (key, unpadded) not in _free_known:
        if len(_free_known) > _MOST_FREE_KNOWN:
            _free_known.clear()
        _free_known[key, unpadded] = _parse_mpeg(key, unpadded)
    return _free_known[key, unpadded]


def free_size(data: bytes, at: int = 0) -> int:
    """Return the size of a free-format frame at ``at`` without its padding; 0 if there is none.

    It is told by the distance to the next header of the same kind; that has to hold for the
    headers behind it as well, as far as ``data`` reaches.
    """
    if free_header(data, at, LARGEST_FREE) is None:
        return 0
    kind, shape, channels = data[at : at + 2], data[at + 2] & 0xFC, data[at + 3] & 0xC0
    following = at + 4
    while (following := data.find(kind, following + 1, at + LARGEST_FREE)) >= 0:
        if len(data) < following + 4:
            return 0
        unpadded = following - at - (data[at + 2] >> 1 & 1)
        same = data[following + 2] & 0xFC == shape and data[following + 3] & 0xC0 == channels
        if same and unpadded >= _LEAST_FREE and _free_frames_hold(data, at, unpadded):
            return unpadded
    return 0


def _free_frames_hold(data: bytes, at: int, unpadded: int) -> bool:
    for count in range(_FREE_BELIEVED):
        if at + 4 > len(data):
            return count > 2 or (count == 2 and unpadded > _LONG_FREE)
        frame = free_header(data, at, unpadded)
        if frame is None:
            return False
        at += frame.size
    return True


def _parse_mpeg(bits: int, free: int = 0) -> MpegHeader | None:
    version = _VERSIONS.get(bits >> 19 & 3)
    layer = 4 - (bits >> 17 & 3)
    rate_index, sample_index = bits >> 12 & 15, bits >> 10 & 3
    if bits >> 21 != 7 or version is None or layer == 4:
        return None
    if rate_index == 15 or sample_index == 3 or (rate_index == 0) != bool(free):
        return None
    bit_rate = _BITRATES[1 if version == "1" else 2, layer][rate_index - 1] * 1000
    sample_rate = _RATES[version][sample_index]
    padding = bits >> 9 & 1
    samples = {1: 384, 2: 1152, 3: 1152 if version == "1" else 576}[layer]
    if free and layer == 1:
        return None
    if free:
        size, bit_rate = free + padding, free * 8 * sample_rate // samples
    elif layer == 1:
        size = (12 * bit_rate // sample_rate + padding) * 4
    else:
        size = samples // 8 * bit_rate // sample_rate + padding
    mode = bits >> 6 & 3
    protected = not bits >> 16 & 1
    channels = 1 if mode == 3 else 2
    return MpegHeader(
        version, layer, protected, bit_rate, sample_rate, channels, _MODES[mode], samples, size
    )


@dataclass(frozen=True, slots=True)
class AdtsHeader:
    """One ADTS frame header; ``size`` is the whole frame in bytes, header included."""

    profile: int  # MPEG-4 audio object type: 1 Main, 2 LC, 3 SSR, 4 LTP
    sample_rate: int
    channel_configuration: int
    size: int
    header_size: int  # 7, or 9 with a CRC
    blocks: int  # raw data blocks, 1024 samples each

    def same_stream(self, other: AdtsHeader) -> bool:
        """Whether both may belong to one stream."""
        return (self.profile, self.sample_rate, self.channel_configuration) == (
            other.profile,
            other.sample_rate,
            other.channel_configuration,
        )


def adts_header(data: bytes, at: int = 0) -> AdtsHeader | None:
    """Read the ADTS frame header at ``at``; ``None`` when there is none."""
    if len(data) < at + 7 or data[at] != 0xFF or data[at + 1] & 0xF6 != 0xF0:
        return None
    bits = int.from_bytes(data[at : at + 7])
    rate_index = bits >> 34 & 15
    size = bits >> 13 & 0x1FFF
    header_size = 7 if bits >> 40 & 1 else 9
    if rate_index >= len(_ADTS_RATES) or size < header_size:
        return None
    return AdtsHeader(
        profile=(bits >> 38 & 3) + 1,
        sample_rate=_ADTS_RATES[rate_index],
        channel_configuration=bits >> 30 & 7,
        size=size,
        header_size=header_size,
        blocks=(bits & 3) + 1,
    )
