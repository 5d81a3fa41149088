"""What makers embed besides tags: Broadcast Wave, INFO, XML, cues, AIFF texts, cue sheets."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path
from typing import Any

import pytest

from archiver.audio.embedded.comments import read_comments
from archiver.audio.embedded.xml import read_xml
from tests.audio import sounds
from tests.audio.looking import look_at


def bext(version: int = 2, history: str = "A=PCM,F=44100,W=16,M=stereo,T=mine\r\n") -> bytes:
    texts = b"Ein Fl\xfcgel".ljust(256, b"\0") + b"US, LC".ljust(32, b"\0")
    texts += b"REF1".ljust(32, b"\0") + b"2024-02-29" + b"23:59:58"
    body = texts + struct.pack("<IIH", 5, 1, version) + bytes(range(64))
    body += struct.pack("<5h", -2300, 750, -100, 0x7FFF, -1800) + bytes(180)
    return sounds.chunk(b"bext", body + history.encode())


def embedded(folder: Path, chunks: bytes) -> dict[str, Any]:
    found = look_at(folder, sounds.wav(after=chunks))
    assert found.problems == ()
    result: dict[str, Any] = found.record.get("embedded", {})
    return result


def test_every_field_of_a_bext_chunk_is_read(tmp_path: Path) -> None:
    assert embedded(tmp_path, bext())["bext"] == {
        "version": 2,
        "description": "Ein Flügel",
        "originator": "US, LC",
        "originator_reference": "REF1",
        "origination_date": "2024-02-29",
        "origination_time": "23:59:58",
        "time_reference": 1 << 32 | 5,
        "umid": bytes(range(64)).hex(),
        "loudness_value": -23.0,
        "loudness_range": 7.5,
        "max_true_peak_level": -1.0,
        "max_short_term_loudness": -18.0,
        "coding_history": "A=PCM,F=44100,W=16,M=stereo,T=mine\r\n",
    }


def test_version_0_has_neither_umid_nor_loudness(tmp_path: Path) -> None:
    fields = embedded(tmp_path, bext(0))["bext"]
    assert "umid" not in fields
    assert "loudness_value" not in fields


@pytest.mark.parametrize(("version", "puid"), [(0, "fmt/703"), (1, "fmt/704"), (2, "fmt/705")])
def test_a_broadcast_wave_has_its_own_format_id(version: int, puid: str, tmp_path: Path) -> None:
    assert look_at(tmp_path, sounds.wav(after=bext(version))).record["pronom"] == puid


def test_a_short_bext_chunk_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    fields = embedded(tmp_path, sounds.chunk(b"bext", b"kurz".ljust(300, b"\0")))["bext"]
    assert fields["description"] == "kurz"
    assert fields["short"] is True


def test_info_texts_are_read_as_utf8_or_as_windows_1252(tmp_path: Path) -> None:
    fields = sounds.chunk(b"INAM", "Ænima\0".encode()) + sounds.chunk(b"IART", b"M\xfcller\x93\0")
    found = look_at(tmp_path, sounds.wav(after=sounds.chunk(b"LIST", b"INFO" + fields)))
    assert found.record["tags"] == [
        {
            "system": "riff-info",
            "key": "INAM",
            "values": ["Ænima"],
            "fields": {"encoding": "utf-8"},
        },
        {
            "system": "riff-info",
            "key": "IART",
            "values": ["Müller“"],
            "fields": {"encoding": "windows-1252"},
        },
    ]
    assert found.record["view"] == {"title": ["Ænima"], "creator": ["Müller“"]}


def test_xml_gives_its_texts_and_attributes(tmp_path: Path) -> None:
    text = b"<BWFXML><PROJECT>Oper</PROJECT><T n='1'>a<!-- x --></T></BWFXML>\0\0"
    assert embedded(tmp_path, sounds.chunk(b"iXML", text))["ixml"] == {
        "elements": [["BWFXML/PROJECT", "Oper"], ["BWFXML/T/@n", "1"], ["BWFXML/T", "a"]]
    }


@pytest.mark.parametrize(
    "text",
    [
        b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
        b"<!DOCTYPE a [<!ENTITY b 'bb'><!ENTITY c '&b;&b;'>]><a>&c;</a>",
        b"<a>" * 100 + b"</a>" * 100,
        b"<a>" + b"<b>x</b>" * 6000 + b"</a>",
        b"<a>\xff</a>",
        b"<a>&undefined;</a>",
        b"no xml",
    ],
)
def test_xml_with_entities_or_without_measure_is_refused(text: bytes) -> None:
    found = read_xml(text)
    assert "unreadable" in found
    assert "root:" not in str(found)


def test_cues_labels_and_loops_are_read(tmp_path: Path) -> None:
    cue = sounds.chunk(
        b"cue ", struct.pack("<I", 1) + struct.pack("<II4sIII", 7, 0, b"data", 0, 0, 441)
    )
    label = sounds.chunk(b"labl", struct.pack("<I", 7) + b"Strophe\0")
    span = sounds.chunk(b"ltxt", struct.pack("<II4s8x", 7, 99, b"rgn "))
    smpl = struct.pack("<9I", 0, 0, 22675, 60, 0, 0, 0, 1, 0) + struct.pack(
        "<6I", 1, 0, 10, 20, 0, 0
    )
    chunks = cue + sounds.chunk(b"LIST", b"adtl" + label + span) + sounds.chunk(b"smpl", smpl)
    found = embedded(tmp_path, chunks)
    assert found["cue"] == [{"id": 7, "position": 0, "sample_offset": 441}]
    assert found["adtl"] == [
        {"kind": "labl", "id": 7, "text": "Strophe"},
        {"kind": "ltxt", "id": 7, "samples": 99, "purpose": "rgn "},
    ]
    assert found["smpl"]["unity_note"] == 60
    assert found["smpl"]["loops"][0]["end"] == 20


def test_a_cart_chunk_is_read(tmp_path: Path) -> None:
    body = bytearray(2048)
    body[0:4], body[4:8], body[452:462] = b"0101", b"Spot", b"2024-01-01"
    body[684:692] = b"MRK " + struct.pack("<I", 900)
    assert embedded(tmp_path, sounds.chunk(b"cart", bytes(body) + b"Text\r\n"))["cart"] == {
        "version": "0101",
        "title": "Spot",
        "start_date": "2024-01-01",
        "level_reference": 0,
        "timers": [["MRK ", 900]],
        "tag_text": "Text\r\n",
    }


def test_an_unknown_chunk_is_listed_with_its_place_and_digest(tmp_path: Path) -> None:
    from blake3 import blake3

    data = sounds.wav(after=sounds.chunk(b"elm1", b"Pro Tools"))
    (block,) = [b for b in look_at(tmp_path, data).record["blocks"] if b["id"] == "elm1"]
    assert data[block["offset"] : block["offset"] + block["size"]] == b"Pro Tools"
    assert block["blake3"] == blake3(b"Pro Tools").hexdigest()


@pytest.mark.parametrize("turned", [False, True])
def test_an_md5_chunk_verifies_the_data_in_either_byte_order(turned: bool, tmp_path: Path) -> None:
    digest = hashlib.md5(sounds.pcm(1000)).digest()
    chunk = sounds.chunk(b"MD5 ", digest[::-1] if turned else digest)
    data = sounds.wav(after=chunk)
    assert look_at(tmp_path, data).verdict == "self-verified"
    place = data.index(b"data") + 100
    bad = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
    assert look_at(tmp_path, bad).verdict == "damaged"


def messages(folder: Path, data: bytes) -> list[str]:
    return [finding["message"] for finding in look_at(folder, data).record.get("findings", [])]


def test_faults_in_the_structure_of_a_wave_file_are_named(tmp_path: Path) -> None:
    good = sounds.wav()
    size = len(good)
    assert messages(tmp_path, good) == []
    assert "100 bytes follow" in messages(tmp_path, good + bytes([1]) * 100)[0]
    assert "truncated: the chunk 'data' has 3000 of its 4000 bytes" in messages(
        tmp_path, good[:-1000]
    )
    assert f"has {size}" in messages(tmp_path, good[:4] + b"\0\x01\0\0" + good[8:])[0]
    assert "inside a sample frame" in messages(tmp_path, sounds.wav(bits=8, channels=1, frames=3)
        .replace(struct.pack("<HHIIHH", 1, 1, 44100, 44100, 1, 8),
                 struct.pack("<HHIIHH", 1, 2, 44100, 88200, 2, 8)))[0]  # fmt: skip
    twice = sounds.wav(after=sounds.chunk(b"fmt ", sounds.fmt()))
    assert messages(tmp_path, twice) == ["the chunk 'fmt ' is there twice"]
    odd = sounds.wav(after=b"note" + struct.pack("<I", 3) + b"abc" + sounds.chunk(b"junk", b"1234"))
    assert messages(tmp_path, odd) == ["the pad byte after a chunk of odd size is missing"]


def test_a_wave_whose_sizes_were_never_filled_in_is_read_to_its_end(tmp_path: Path) -> None:
    data = bytearray(sounds.wav(500))
    data[4:8] = data[40:44] = b"\xff\xff\xff\xff"
    found = look_at(tmp_path, bytes(data))
    assert found.record["facts"]["frames"] == 500
    assert found.verdict == "structure"


def test_an_rf64_file_takes_its_sizes_from_ds64(tmp_path: Path) -> None:
    plain = sounds.wav(500)
    ds64 = struct.pack("<QQQI", len(plain) + 28, 2000, 500, 0)
    data = bytearray(b"RF64\xff\xff\xff\xffWAVE" + sounds.chunk(b"ds64", ds64) + plain[12:])
    place = data.index(b"data")
    data[place + 4 : place + 8] = b"\xff\xff\xff\xff"
    found = look_at(tmp_path, bytes(data))
    assert found.record["format"] == "rf64"
    assert found.record["facts"]["frames"] == 500
    assert found.problems == ()


def test_texts_and_markers_of_an_aiff_file_are_read(tmp_path: Path) -> None:
    mark = struct.pack(">H", 1) + struct.pack(">hI", 1, 99) + b"\x05start"
    extra = sounds.chunk(b"NAME", b"Lied\0", ">") + sounds.chunk(b"ANNO", b"1", ">")
    extra += sounds.chunk(b"ANNO", b"2", ">") + sounds.chunk(b"MARK", mark, ">")
    found = look_at(tmp_path, sounds.aiff(after=extra))
    assert [(e["key"], e["values"]) for e in found.record["tags"]] == [
        ("NAME", ["Lied"]), ("ANNO", ["1"]), ("ANNO", ["2"]),
    ]  # fmt: skip
    assert found.record["embedded"]["markers"] == [{"id": 1, "position": 99, "name": "start"}]
    assert found.problems == ()


def test_a_cue_sheet_of_a_flac_file_is_read(tmp_path: Path) -> None:
    track = struct.pack(">QB12sB13xB", 588, 1, b"DEAB12345678", 0x40, 2)
    track += struct.pack(">QB3x", 0, 0) + struct.pack(">QB3x", 588, 1)
    sheet = b"4006381333931".ljust(128, b"\0") + struct.pack(">QB258xB", 88200, 0x80, 1) + track
    info = struct.pack(">HHQQ", 4096, 4096, 0, 0xAC442F000003E8)[:18] + bytes(16)
    data = b"fLaC\0\0\0\x22" + info + b"\x85" + len(sheet).to_bytes(3) + sheet
    found = look_at(tmp_path, data)
    assert found.record["embedded"]["cue_sheet"] == {
        "catalogue_number": "4006381333931",
        "lead_in": 88200,
        "is_cd": True,
        "tracks": [
            {
                "number": 1, "offset": 588, "audio": True, "pre_emphasis": True,
                "index": [[0, 0], [1, 588]], "isrc": "DEAB12345678",
            }
        ],
    }  # fmt: skip


def test_a_comment_that_is_no_utf8_is_kept_as_bytes() -> None:
    raw = sounds.comments(("TITLE", "a")).replace(b"TITLE=a", b"TITLE=\xff")
    entries, pictures, problem = read_comments(raw)
    assert entries[1] == {
        "system": "vorbis",
        "key": "(undecodable)",
        "values": [{"base64": "VElUTEU9/w=="}],
    }
    assert (pictures, problem) == ([], None)


def test_a_count_of_comments_beyond_the_data_is_noticed() -> None:
    raw = bytearray(sounds.comments(("TITLE", "a")))
    raw[18:22] = b"\xff\xff\xff\xff"
    assert read_comments(bytes(raw))[2] == "only 1 of 4294967295 comments are there to be read"
