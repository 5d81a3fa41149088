"""Lists and logs about encoded files, with a decoder at hand: the third way to know."""

from __future__ import annotations

import hashlib
import wave
import zlib
from pathlib import Path
from typing import Any

import pytest

from archiver.hashing.tracks import SECTOR, track_digest
from archiver.packaging.payload_decoder import PayloadDecoder
from archiver.progress import Silence
from archiver.sidecars import check_prior_fixity
from archiver.tree import Tree
from tests.audio.decode.decoding import encoded
from tests.sidecars.scene import entries, records, write

RAW = hashlib.shake_128(b"track").digest(4 * SECTOR * 15)
MD5 = hashlib.md5(RAW).hexdigest()
OTHER = "0123456789abcdef" * 2


def track(folder: Path, kind: str, *options: str) -> Path:
    """Put a track of whole sectors into ``folder``, encoded; its WAVE file is gone."""
    path = folder / "01.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(44100)
        out.writeframes(RAW)
    if kind == "wav":
        return path
    made = encoded(path, kind, *options)
    path.unlink()
    return made.rename(folder / f"01.{kind.rpartition('.')[2]}")


def decoded(root: Path) -> list[dict[str, Any]]:
    with (
        Tree(root) as tree,
        check_prior_fixity(
            tree, entries(root), Silence(), 2, PayloadDecoder(str(root), 1)
        ) as prior,
    ):
        return list(prior.records())


def outcomes(found: list[dict[str, Any]]) -> dict[str, str]:
    return {record["algorithm"]: record["result"] for record in found}


def sum_of(name: str) -> str:
    digest = track_digest(name)
    digest.update(memoryview(RAW))
    return digest.digest().hex()


def log() -> bytes:
    sums = sum_of("accuraterip-v1:only"), sum_of("accuraterip-v2:only")
    return (
        "X Lossless Decoder version 20130101 (142.2)\n\nTrack 01\n    Filename : /m/01.wav\n"
        f"    CRC32 hash : {zlib.crc32(RAW):08X}\n"
        f"    AccurateRip v1 signature : {sums[0].upper()}\n"
        f"    AccurateRip v2 signature : {sums[1].upper()}\n"
    ).encode()


def test_a_fingerprint_is_verified_three_ways(tmp_path: Path) -> None:
    path = track(tmp_path, "flac")
    write(tmp_path, {"a.ffp": f"{path.name}:{MD5}\n".encode()})
    assert outcomes(records(tmp_path)) == {"ffp": "header-only"}
    assert outcomes(decoded(tmp_path)) == {"ffp": "verified"}


def test_a_fingerprint_and_a_header_that_agree_do_not_hide_other_samples(tmp_path: Path) -> None:
    """The header's MD5 is changed, and the list is made from the header."""
    path = track(tmp_path, "flac")
    data = path.read_bytes()
    path.write_bytes(data[:26] + bytes.fromhex(OTHER) + data[42:])
    write(tmp_path, {"a.ffp": f"{path.name}:{OTHER}\n".encode()})
    assert outcomes(records(tmp_path)) == {"ffp": "header-only"}
    (record,) = decoded(tmp_path)
    assert (record["result"], record["found"]) == ("mismatch", "damaged")


def test_a_damaged_flac_file_is_a_mismatch_though_its_header_agrees(tmp_path: Path) -> None:
    path = track(tmp_path, "flac")
    data = bytearray(path.read_bytes())
    data[-1000] ^= 4
    path.write_bytes(data)
    write(tmp_path, {"a.ffp": f"{path.name}:{MD5}\n".encode()})
    (record,) = decoded(tmp_path)
    assert (record["result"], record["found"]) == ("mismatch", "damaged")
    assert "do not hold" in record["reason"]


@pytest.mark.parametrize("kind", ["flac", "wv", "tta", "alac.m4a"])
def test_st5_copy_crc_and_accuraterip_are_checked_of_what_a_track_was_converted_to(
    kind: str, tmp_path: Path
) -> None:
    track(tmp_path, kind)
    write(tmp_path, {"a.st5": f"{MD5}  [shntool]  01.wav\n".encode(), "rip.log": log()})
    before = outcomes(records(tmp_path))
    assert before["st5"] == ("header-only" if kind == "flac" else "unverifiable")
    assert before["copy-crc"] == before["accuraterip-v1:only"] == "unverifiable"
    after = outcomes(decoded(tmp_path))
    assert set(after.values()) == {"verified"}
    assert set(after) == {"st5", "copy-crc", "accuraterip-v1:only", "accuraterip-v2:only"}


def test_of_a_wave_file_accuraterips_sum_needs_no_decoder(tmp_path: Path) -> None:
    track(tmp_path, "wav")
    write(tmp_path, {"rip.log": log()})
    assert set(outcomes(records(tmp_path)).values()) == {"verified"}


def test_another_sum_is_no_mismatch_but_another_copy_crc_is(tmp_path: Path) -> None:
    track(tmp_path, "flac")
    wrong = log().replace(sum_of("accuraterip-v1:only").upper().encode(), b"00000000")
    write(tmp_path, {"rip.log": wrong.replace(f"{zlib.crc32(RAW):08X}".encode(), b"11111111")})
    found = outcomes(decoded(tmp_path))
    assert found["copy-crc"] == "mismatch"
    assert found["accuraterip-v1:only"] == "unverifiable"
    assert found["accuraterip-v2:only"] == "verified"


def test_what_the_decoder_cannot_have_stays_unverifiable_with_its_reason(tmp_path: Path) -> None:
    write(tmp_path, {"01.wv": b"no sound at all", "rip.log": log()})
    assert set(outcomes(decoded(tmp_path)).values()) == {"unverifiable"}
    assert {record["reason"] for record in decoded(tmp_path)} == {
        "named .wv, but not recognised as audio"
    }
