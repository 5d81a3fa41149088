"""The checksums beside their textbook definitions, bit by bit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from archiver.audio.selfcheck.crc import crc8, crc16, crc16_arc, crc32_ogg
from tests.audio import sounds

# Around the lengths where the arithmetic changes gear: 32767 bits and its multiples.
LENGTHS = (0, 1, 2, 4095, 4096, 4097, 8191, 8192, 8193, 16_384, 30_001)


def slow(data: bytes, polynomial: int, width: int) -> int:
    rest, top = 0, 1 << (width - 1)
    for byte in data:
        rest ^= byte << (width - 8)
        for _ in range(8):
            rest = (rest << 1 ^ (polynomial if rest & top else 0)) & ((1 << width) - 1)
    return rest


def test_the_known_answers_of_the_catalogue_come_out() -> None:
    check = b"123456789"
    assert crc16(check) == 0xFEE8  # CRC-16/UMTS
    assert crc16_arc(check) == 0xBB3D  # CRC-16/ARC
    assert crc8(check) == 0xF4  # CRC-8/SMBUS


def test_long_runs_agree_with_the_definition() -> None:
    for length in LENGTHS:
        data = bytes(n * 37 + (n >> 8) & 0xFF for n in range(length))
        assert crc16(data) == slow(data, 0x8005, 16), length


@given(st.binary(max_size=300))
def test_short_runs_agree_with_the_definition(data: bytes) -> None:
    assert crc16(data) == slow(data, 0x8005, 16)
    assert crc8(data) == slow(data, 0x07, 8)
    assert crc32_ogg(data) == sounds.ogg_crc(data)


@given(st.binary(max_size=300))
def test_a_message_with_its_own_crc_behind_it_leaves_nothing(data: bytes) -> None:
    assert crc16(data + crc16(data).to_bytes(2)) == 0
