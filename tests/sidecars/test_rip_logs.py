"""Logs of ripping programs: the copy CRC is that of the samples."""

from __future__ import annotations

import hashlib
import zlib
from pathlib import Path

import pytest

from archiver.sidecars import Kind, parse_sidecar
from tests.sidecars.scene import findings, flac_header, records, results, samples, write, write_wav

RAW = samples()
CRC = f"{zlib.crc32(RAW):08X}"
OTHER = f"{zlib.crc32(RAW) ^ 1:08X}"

EAC = """Exact Audio Copy V1.0 beta 3 from 29. August 2011

EAC extraction logfile from 1. March 2012, 10:00

Null samples used in CRC calculations               : {nulls}

Track  1

     Filename C:\\EAC\\01 - One.wav

     Pre-gap length  0:00:02.00

     Peak level 98.8 %
     Test CRC 00000000
     Copy CRC {crc}
     Accurately ripped (confidence 3)  [ABCDEF01]  (AR v2)
     Copy OK

==== Log checksum C9294F4F0FBEB55D2A34159AC6C2EC5832937D1CB717F83CAC1B25BAF1F0D5A1 ====
"""
XLD = """X Lossless Decoder version 20100704 (124.0)

XLD extraction logfile from 2010-07-19 12:00:00 +0200

All Tracks
    CRC32 hash               : 11111111

Track 01
    Filename : /Users/me/Music/01 - One.wav
    Pre-gap length : 00:02:00

    CRC32 hash (test run)    : 22222222
    CRC32 hash               : {crc}
    CRC32 hash (skip zero)   : 33333333
    AccurateRip v1 signature : 1BD13610

Track 02
    CRC32 hash               : 44444444

-----BEGIN XLD SIGNATURE-----
abc
-----END XLD SIGNATURE-----
"""
WHIPPER = """Log created by: whipper 0.9.0 (internal logger)
Log creation date: 2020-01-01T00:00:00Z

Tracks:
  1:
    Filename: ./Somebody - Something/01 - One.wav
    Peak level: 0.9
    Test CRC: 00000000
    Copy CRC: {crc}
    Status: Copy OK
"""


@pytest.mark.parametrize(
    "text", [EAC.replace("{nulls}", "Yes"), XLD, WHIPPER], ids=["eac", "xld", "whipper"]
)
def test_the_copy_crc_is_compared_with_the_samples(text: str, tmp_path: Path) -> None:
    write_wav(tmp_path / "01 - One.wav", RAW)
    write(tmp_path, {"rip.log": text.format(crc=CRC).encode()})
    assert results(tmp_path)[0] == ("01 - One.wav", "verified")
    write(tmp_path, {"rip.log": text.format(crc=OTHER).encode()})
    assert results(tmp_path)[0] == ("01 - One.wav", "mismatch")
    (found,) = findings(tmp_path)["prior-mismatch"]
    assert found.detail["found"] == CRC.lower()


def test_only_the_crc_of_the_copy_in_a_track_with_a_file_is_taken() -> None:
    parsed = parse_sidecar("a.log", Kind.RIP_LOG, XLD.format(crc=CRC).encode())
    crcs = [one.expected for one in parsed.assertions if one.algorithm == "copy-crc"]
    assert crcs == [CRC.lower()]


def test_a_track_ripped_again_is_the_last_of_its_copies(tmp_path: Path) -> None:
    twice = EAC.format(crc=OTHER, nulls="Yes") + EAC.format(crc=CRC, nulls="Yes")
    write_wav(tmp_path / "01 - One.wav", RAW)
    write(tmp_path, {"rip.log": twice.encode()})
    assert results(tmp_path)[0] == ("01 - One.wav", "verified")
    assert "prior-mismatch" not in findings(tmp_path)


def test_a_log_in_utf_16_is_read(tmp_path: Path) -> None:
    write_wav(tmp_path / "01 - One.wav", RAW)
    write(tmp_path, {"rip.log": EAC.format(crc=CRC, nulls="Yes").encode("utf-16")})
    assert results(tmp_path) == [
        ("01 - One.wav", "verified"),
        ("01 - One.wav", "unverifiable"),  # AccurateRip's sum: not of a mono file
        ("rip.log", "unverifiable"),
    ]


def test_a_crc_that_leaves_null_samples_out_is_unverifiable(tmp_path: Path) -> None:
    write_wav(tmp_path / "01 - One.wav", RAW)
    write(tmp_path, {"rip.log": EAC.format(crc=OTHER, nulls="No").encode()})
    (first, _, _) = records(tmp_path)
    assert (first["result"], "null samples" in first["reason"]) == ("unverifiable", True)


def test_a_track_encoded_since_needs_the_decoder(tmp_path: Path) -> None:
    write(tmp_path, {"rip.log": WHIPPER.format(crc=CRC).encode()})
    write(tmp_path, {"01 - One.flac": flac_header(b"m" * 16)})
    (record,) = records(tmp_path)
    assert (record["result"], record["reason"]) == ("unverifiable", "needs the decoder")
    assert record["path"] == "01 - One.flac"


@pytest.mark.parametrize("ends", ["", "\n", "\n\n"])
def test_whippers_own_digest_is_verified(ends: str) -> None:
    body = WHIPPER.format(crc=CRC).rstrip("\n") + ends
    digest = hashlib.sha256(body.encode()).hexdigest().upper()
    log = f"{body}{'' if ends else chr(10)}SHA-256 hash: {digest}\n"
    results = [
        str(one.result)
        for text in (log, log.replace("Peak level: 0.9", "Peak level: 0.8"))
        for one in parse_sidecar("a.log", Kind.RIP_LOG, text.encode()).assertions
        if one.algorithm == "log-checksum"
    ]
    assert results == ["verified", "unverifiable"]


def test_a_log_of_another_program_asserts_nothing(tmp_path: Path) -> None:
    write(tmp_path, {"server.log": b"Filename x.wav\nCopy CRC 01234567\n", "x.wav": b""})
    assert results(tmp_path) == []


EAC_SUMS = """Exact Audio Copy V1.3 from 2. September 2016

TOC of the extracted CD

     Track |   Start  |  Length  | Start sector | End sector
    ---------------------------------------------------------
        1  |  0:00.00 |  3:30.45 |         0    |    15794
        2  |  3:30.45 |  4:00.00 |     15795    |    33794
        3  |  7:30.45 |  4:00.00 |     33795    |    51794

Track  1

     Filename D:\\01.wav
     Copy CRC 00000001
     Accurately ripped (confidence 5)  [0000AAAA]  (AR v2)
     Copy OK

Track  2

     Filename D:\\02.wav
     Copy CRC 00000002
     Cannot be verified as accurate (confidence 5)  [0000BBBB], AccurateRip returned [FFFFFFFF]
     Copy OK
"""
XLD_SUMS = """X Lossless Decoder version 20130101 (142.2)

Track 01
    Filename : /m/01.flac
    AccurateRip v1 signature : 0000AAAA
    AccurateRip v2 signature : 0000BBBB
        ->Accurately ripped (v1+v2, confidence 5/9)

Track 02
    Filename : /m/02.flac
    AccurateRip signature     : 0000CCCC
"""
WHIPPER_SUMS = """Log created by: whipper 0.9.0 (internal logger)

Tracks:
  1:
    Filename: ./01.flac
    Copy CRC: 00000001
    AccurateRip v1:
      Result: Found, exact match
      Local CRC: 0000AAAA
      Remote CRC: FFFFFFFF
    AccurateRip v2:
      Result: Found, NO exact match
      Local CRC: 0000BBBB
"""


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        (EAC_SUMS, {("01.wav", "v2:first", "0000aaaa"), ("02.wav", "v1", "0000bbbb")}),
        (
            XLD_SUMS,
            {
                ("01.flac", "v1:first", "0000aaaa"),
                ("01.flac", "v2:first", "0000bbbb"),
                ("02.flac", "v1:last", "0000cccc"),
            },
        ),
        (
            WHIPPER_SUMS,
            {("01.flac", "v1:only", "0000aaaa"), ("01.flac", "v2:only", "0000bbbb")},
        ),
    ],
    ids=["eac", "xld", "whipper"],
)
def test_accuraterip_sums_are_taken_with_the_place_of_their_track(
    text: str, sums: set[tuple[str, str, str]]
) -> None:
    parsed = parse_sidecar("a.log", Kind.RIP_LOG, text.encode())
    prefix = "accuraterip-"
    assert {
        (one.name, one.algorithm.removeprefix(prefix), one.expected)
        for one in parsed.assertions
        if one.algorithm.startswith(prefix)
    } == sums
