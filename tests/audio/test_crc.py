"""The checksums beside their textbook definitions, bit by bit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from archiver.audio.selfcheck.crc import crc8, crc16, crc16_arc, crc32_ogg
from tests.audio import sounds

# Around the lengths where a fast implementation changes gear.
LENGTHS = (0, 1, 2, 15, 16, 17, 63, 64, 65, 127, 128, 129, 4095, 4096, 4097, 30_001)


def slow(data: bytes, polynomial: int, width: int) -> int:
    rest, top = 0, 1 << (width - 1)
    for byte in data:
        rest ^= byte << (width - 8)
        for _ in range(8):
            rest = (rest << 1 ^ (polynomial if rest & top else 0)) & ((1 << width) - 1)
    return rest


def slow_reflected(data: bytes, polynomial: int) -> int:
    rest = 0
    for byte in data:
        rest ^= byte
        for _ in range(8):
            rest = rest >> 1 ^ (polynomial if rest & 1 else 0)
    return rest


def test_the_known_answers_of_the_catalogue_come_out() -> None:
    check = b"123456789"
    assert crc16(check) == 0xFEE8  # CRC-16/UMTS
    assert crc16_arc(check) == 0xBB3D  # CRC-16/ARC
    assert crc8(check) == 0xF4  # CRC-8/SMBUS
    assert crc32_ogg(check) == 0x89A1897F  # CRC-32/CKSUM's 0x765E7680, not complemented


def test_long_runs_agree_with_the_definition() -> None:
    for length in LENGTHS:
        data = bytes(n * 37 + (n >> 8) & 0xFF for n in range(length))
        assert crc16(data) == slow(data, 0x8005, 16), length
        assert crc32_ogg(data) == slow(data, 0x04C11DB7, 32), length
        assert crc16_arc(data) == slow_reflected(data, 0xA001), length


@given(st.binary(max_size=300))
def test_short_runs_agree_with_the_definition(data: bytes) -> None:
    assert crc16(data) == slow(data, 0x8005, 16)
    assert crc8(data) == slow(data, 0x07, 8)
    assert crc32_ogg(data) == sounds.ogg_crc(data)
    assert crc16_arc(data) == slow_reflected(data, 0xA001)


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_each_goes_on_from_what_stood_before(a: bytes, b: bytes) -> None:
    for crc in (crc8, crc16, crc16_arc, crc32_ogg):
        assert crc(memoryview(b), crc(a)) == crc(a + b)


@given(st.binary(max_size=300))
def test_a_message_with_its_own_crc_behind_it_leaves_nothing(data: bytes) -> None:
    assert crc16(data + crc16(data).to_bytes(2)) == 0
