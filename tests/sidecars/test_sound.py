"""Fingerprints of the sound: list, header, samples."""

from __future__ import annotations

import hashlib
import os
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.sidecars.sound import NoSoundError, find_samples, read_streaminfo
from tests.sidecars.scene import (
    findings,
    flac_header,
    records,
    results,
    samples,
    write,
    write_wav,
)

RAW = samples()
MD5 = hashlib.md5(RAW).hexdigest()
OTHER = hashlib.md5(b"other").hexdigest()


def one_result(root: Path) -> tuple[str, str | None]:
    (record,) = records(root)
    return record["result"], record.get("reason")


def test_a_fingerprint_that_agrees_with_the_header_proves_no_more_than_that(
    tmp_path: Path,
) -> None:
    write(tmp_path, {"a.flac": flac_header(bytes.fromhex(MD5)), "a.ffp": f"a.flac:{MD5}".encode()})
    assert one_result(tmp_path) == ("header-only", None)


@pytest.mark.parametrize(("flags", "size"), [(0x00, 128), (0x10, 138)], ids=["bare", "footer"])
def test_a_header_behind_an_id3_tag_is_found(flags: int, size: int, tmp_path: Path) -> None:
    tag = b"ID3\x04\x00" + bytes([flags]) + b"\x00\x00\x01\x00" + bytes(size)
    header = flac_header(bytes.fromhex(MD5))
    write(tmp_path, {"a.flac": tag + header, "a.ffp": f"a.flac:{MD5}".encode()})
    assert one_result(tmp_path) == ("header-only", None)


def test_a_fingerprint_that_differs_from_the_header_is_a_mismatch(tmp_path: Path) -> None:
    write(
        tmp_path, {"a.flac": flac_header(bytes.fromhex(MD5)), "a.ffp": f"a.flac:{OTHER}".encode()}
    )
    assert one_result(tmp_path) == ("mismatch", None)
    assert len(findings(tmp_path)["prior-mismatch"]) == 1


def test_a_header_without_a_digest_is_unverifiable_and_not_ok(tmp_path: Path) -> None:
    write(tmp_path, {"a.flac": flac_header(bytes(16)), "a.ffp": f"a.flac:{'0' * 32}".encode()})
    assert one_result(tmp_path) == ("unverifiable", "the FLAC header holds no MD5")


@pytest.mark.parametrize("content", [b"", b"OggS" + bytes(100), b"fLaC\x84\x00\x00\x22", b"fLaC"])
def test_what_is_no_flac_file_is_unverifiable(content: bytes, tmp_path: Path) -> None:
    write(tmp_path, {"a.flac": content, "a.ffp": f"a.flac:{MD5}".encode()})
    assert one_result(tmp_path)[0] == "unverifiable"


def test_a_renamed_flac_file_is_found_by_its_fingerprint(tmp_path: Path) -> None:
    write(
        tmp_path, {"new.flac": flac_header(bytes.fromhex(MD5)), "a.ffp": f"a.flac:{MD5}".encode()}
    )
    record = records(tmp_path)[0]
    assert (record["result"], record["renamed_to"]) == ("renamed", "new.flac")


@pytest.mark.parametrize("width", [1, 2, 3])
def test_st5_is_the_md5_of_the_samples_of_a_wave_file(width: int, tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", RAW, width)
    write(tmp_path, {"a.st5": f"{MD5}  [shntool]  a.wav\n".encode()})
    assert one_result(tmp_path) == ("verified", None)
    write(tmp_path, {"a.st5": f"{OTHER}  [shntool]  a.wav\n".encode()})
    assert one_result(tmp_path) == ("mismatch", None)


def test_sound_and_whole_file_come_out_of_one_reading(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", samples(2_000_000))
    whole = hashlib.md5((tmp_path / "a.wav").read_bytes()).hexdigest()
    sound = hashlib.md5(samples(2_000_000)).hexdigest()
    write(tmp_path, {"a.cfp": f"{sound}  [shntool]  a.wav\n{whole} *a.wav\n".encode()})
    assert results(tmp_path) == [("a.wav", "verified"), ("a.wav", "verified")]


def test_st5_of_a_16_bit_flac_file_is_what_its_header_states(tmp_path: Path) -> None:
    header = flac_header(bytes.fromhex(MD5))
    write(tmp_path, {"a.flac": header, "a.st5": f"{MD5}  [shntool]  a.wav\n".encode()})
    assert one_result(tmp_path) == ("header-only", None)


def test_st5_of_other_flac_files_needs_the_decoder(tmp_path: Path) -> None:
    header = flac_header(bytes.fromhex(MD5), bits=8)
    write(tmp_path, {"a.flac": header, "a.st5": f"{MD5}  [shntool]  a.flac\n".encode()})
    assert one_result(tmp_path) == ("unverifiable", "needs the decoder")


def test_a_wave_file_that_is_cut_short_says_so(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", RAW)
    cut = (tmp_path / "a.wav").read_bytes()[:-10]
    write(tmp_path, {"a.wav": cut, "a.st5": f"{MD5}  [shntool]  a.wav\n".encode()})
    assert one_result(tmp_path) == ("unverifiable", "the data chunk of the WAVE file is cut short")


def test_a_wave_file_beyond_four_gigabytes_has_its_size_in_ds64(tmp_path: Path) -> None:
    fmt = struct.pack("<HHIIHH", 1, 1, 44100, 88200, 2, 16)
    ds64 = struct.pack("<QQQI", 0, len(RAW), len(RAW) // 2, 0)
    body = b"WAVE" + b"".join(
        name + struct.pack("<I", size) + data
        for name, size, data in (
            (b"ds64", len(ds64), ds64),
            (b"fmt ", len(fmt), fmt),
            (b"data", 0xFFFFFFFF, RAW),
        )
    )
    write(tmp_path, {"a.wav": b"RF64\xff\xff\xff\xff" + body})
    write(tmp_path, {"a.st5": f"{MD5}  [shntool]  a.wav\n".encode()})
    assert one_result(tmp_path) == ("verified", None)


def test_samples_that_are_no_whole_numbers_need_the_decoder(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", RAW)
    data = bytearray((tmp_path / "a.wav").read_bytes())
    data[20] = 3  # WAVE_FORMAT_IEEE_FLOAT
    write(tmp_path, {"a.wav": bytes(data), "a.st5": f"{MD5}  [shntool]  a.wav\n".encode()})
    assert one_result(tmp_path) == ("unverifiable", "needs the decoder")


def test_chunks_of_odd_size_are_padded(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", RAW)
    data = (tmp_path / "a.wav").read_bytes()
    odd = data[:12] + b"junk\x03\0\0\0abc\0" + data[12:]
    write(tmp_path, {"a.wav": odd, "a.st5": f"{MD5}  [shntool]  a.wav\n".encode()})
    assert one_result(tmp_path) == ("verified", None)


def test_a_copy_crc_of_anything_but_16_bits_is_unverifiable(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", RAW, 3)
    log = b"Exact Audio Copy V1\nTrack  1\n  Filename a.wav\n  Copy CRC 01234567\n"
    write(tmp_path, {"a.log": log})
    assert one_result(tmp_path) == ("unverifiable", "a copy CRC is that of 16-bit samples")


@pytest.mark.parametrize("size", [b"\xff\xff\xff\xff", b"\x00\x00\x00\x00"])
def test_chunks_that_lead_nowhere_end_the_search(size: bytes, tmp_path: Path) -> None:
    write(tmp_path, {"a.wav": b"RIFF" + size + b"WAVE" + (b"junk" + size) * 3})
    write(tmp_path, {"a.st5": f"{MD5}  [shntool]  a.wav\n".encode()})
    assert one_result(tmp_path) == ("unverifiable", "a WAVE file without a data chunk")


CHUNKS = st.sampled_from(
    [b"fmt ", b"data", b"ds64", b"junk", bytes(16), b"\x10\0\0\0", b"\xff" * 4]
)
HEADS = st.sampled_from([b"fLaC\x80\0\0\x22", b"ID3\x04\0\0\0\0\0\1", b"RF64\0\0\0\0WAVE"])


@given(HEADS, st.lists(CHUNKS | st.binary(max_size=12), max_size=12))
def test_no_bytes_whatever_make_the_readers_fail(head: bytes, pieces: list[bytes]) -> None:
    data = head + b"".join(pieces)
    fd = os.memfd_create("sound")
    try:
        os.write(fd, data)
        for read in (read_streaminfo, lambda fd: find_samples(fd, len(data))):
            try:
                found = read(fd)
            except NoSoundError:
                continue
            assert getattr(found, "size", 0) <= len(data)
    finally:
        os.close(fd)
