"""What the programs write that people use is read, and judged as they judge it."""

from __future__ import annotations

import subprocess
import zlib
from pathlib import Path

import pytest

from tests.sidecars.scene import findings, results, samples, write, write_wav
from tests.tools import require_tool

NAMES = ("01 One.mp3", "sub/ä (live) [2].mp3", "back\\slash.mp3", "line\nend.mp3", " blank.mp3 ")
FILES = {name: f"content of {name}".encode() for name in NAMES}


def run(root: Path, *command: str) -> bytes:
    return subprocess.run(command, cwd=root, capture_output=True, check=True).stdout


@pytest.mark.parametrize("tool", ["md5sum", "sha1sum", "sha256sum", "sha512sum", "b2sum", "b3sum"])
@pytest.mark.parametrize("options", [(), ("--tag",), ("--binary",)])
def test_lists_by_other_programs_hold_and_a_flipped_bit_does_not(
    tool: str, options: tuple[str, ...], tmp_path: Path
) -> None:
    program = require_tool(tool)
    if tool == "b3sum" and options:
        options = ("--no-mmap",)
    write(tmp_path, FILES)
    suffix = tool.removesuffix("sum")
    write(tmp_path, {f"list.{suffix}": run(tmp_path, program, *options, "--", *NAMES)})
    assert results(tmp_path) == [(name, "verified") for name in NAMES]
    for name in NAMES:
        data = bytearray(FILES[name])
        data[3] ^= 4
        write(tmp_path, {name: bytes(data)})
    assert results(tmp_path) == [(name, "mismatch") for name in NAMES]


def test_an_sfv_list_holds_and_a_flipped_bit_does_not(tmp_path: Path) -> None:
    lines = [
        f"{name.strip()} {zlib.crc32(data):08X}" for name, data in FILES.items() if "\n" not in name
    ]
    write(tmp_path, {name.strip(): data for name, data in FILES.items()})
    write(tmp_path, {"list.sfv": b"; made by cksfv\r\n" + "\r\n".join(lines).encode()})
    covered = [one for one in results(tmp_path) if one[1] != "not-covered"]
    assert [result for _, result in covered] == ["verified"] * 4
    write(tmp_path, {"01 One.mp3": b"Content of 01 One.mp3"})
    assert [one.path for one in findings(tmp_path)["prior-mismatch"]] == ["01 One.mp3"]


def make_flac(root: Path, *options: str) -> None:
    write_wav(root / "one.wav", samples(44100))
    run(root, require_tool("flac"), "--silent", "--force", *options, "one.wav")


def test_metaflacs_fingerprints_are_those_in_the_header(tmp_path: Path) -> None:
    make_flac(tmp_path)
    show = (require_tool("metaflac"), "--with-filename", "--show-md5sum", "one.flac")
    write(tmp_path, {"list.ffp": run(tmp_path, *show)})
    assert ("one.flac", "header-only") in results(tmp_path)
    run(tmp_path, require_tool("metaflac"), "--set-tag=TITLE=another", "one.flac")
    assert ("one.flac", "header-only") in results(tmp_path)


def test_flacs_own_digest_is_the_st5_of_the_wave_file(tmp_path: Path) -> None:
    make_flac(tmp_path)
    md5 = run(tmp_path, require_tool("metaflac"), "--show-md5sum", "one.flac").decode().strip()
    write(
        tmp_path, {"list.st5": f"{md5}  [shntool]  one.wav\n{md5}  [shntool]  one.flac\n".encode()}
    )
    assert results(tmp_path) == [("one.wav", "verified"), ("one.flac", "header-only")]


def test_a_flac_file_made_without_a_digest_is_unverifiable(tmp_path: Path) -> None:
    make_flac(tmp_path, "--no-md5-sum")
    write(tmp_path, {"list.ffp": b"one.flac:" + b"0" * 32})
    assert ("one.flac", "unverifiable") in results(tmp_path)
