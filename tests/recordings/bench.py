"""A sealed bag of recordings by independent encoders, and what people and decay do to them."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import mutagen
from mutagen.id3 import TIT2

from archiver.findings import Finding
from archiver.verify import BagVerification, Depth, verify_bag
from tests.audio.encoded import encode
from tests.packaging import scene
from tests.tools import require_tool

NEW = "Neues Lied"
KINDS = (
    "s16.wav",
    "bext.wav",
    "a.aiff",
    "a.flac",
    "vorbis.ogg",
    "a.opus",
    "cbr.mp3",
    "vbr.mp3",
    "a.aac",
    "aac.m4a",
    "alac.m4a",
    "a.wv",
    "a.tta",
)


@cache
def _sealed(names: tuple[str, ...]) -> Path:
    place = Path(mkdtemp(prefix="bench-"))
    source = place / "music"
    source.mkdir()
    for name in names:
        encode(source, name)
    (source / "notes.txt").write_text("no recording\n")
    archive = scene.new_archive(place / "archive")
    scene.run(archive, source)
    (bag,) = archive.bags.glob("*/*")
    return bag


def sealed_bag(folder: Path, *names: str) -> Path:
    """Return a writable copy of a sealed bag that holds recordings of these kinds."""
    bag = folder / "bag"
    shutil.copytree(_sealed(names), bag, copy_function=shutil.copyfile)
    return bag


def check(bag: Path, depth: Depth = Depth.FULL, **wishes: Any) -> BagVerification:
    """Verify a bag."""
    return verify_bag(bag, depth=depth, workers=1, **wishes)


def only(found: BagVerification, code: str) -> Finding:
    """Return the one finding of a code."""
    (finding,) = [finding for finding in found.findings if finding.code == code]
    return finding


def flip(path: Path, offset: int, mask: int = 1) -> None:
    """Flip bits of one byte."""
    data = bytearray(path.read_bytes())
    data[offset] ^= mask
    path.write_bytes(data)


def retag_with_mutagen(path: Path) -> None:
    """Give a recording another title."""
    found = mutagen.File(path)
    if found.tags is None:
        found.add_tags()
    if hasattr(found.tags, "getall"):
        found.tags.add(TIT2(encoding=3, text=NEW))  # type: ignore[no-untyped-call]
    elif path.suffix == ".m4a":
        found.tags["\xa9nam"] = NEW
    else:
        found.tags["title"] = NEW
    found.save()


def _run(*words: str) -> None:
    subprocess.run([require_tool(words[0]), *words[1:]], check=True, capture_output=True)


def retag_with_metaflac(path: Path) -> None:
    """Give a FLAC file another title as its own tool does."""
    _run("metaflac", "--remove-tag=title", f"--set-tag=title={NEW}", str(path))


def retag_with_id3v2(path: Path) -> None:
    """Give an MP3 file another title by a program in C++."""
    _run("id3v2", "--TIT2", NEW, str(path))


def retag_with_vorbiscomment(path: Path) -> None:
    """Give an Ogg Vorbis file another title as its own tool does."""
    _run("vorbiscomment", "-w", "-t", f"title={NEW}", str(path))


def retag_list_info(path: Path) -> None:
    """Write another title of the same length over the one in LIST-INFO."""
    data = path.read_bytes()
    assert data.count(b"Ein Lied") == 1
    path.write_bytes(data.replace(b"Ein Lied", NEW[:8].encode()))


RETAGS: dict[str, tuple[str, Callable[[Path], None]]] = {
    **{f"{name} mutagen": (name, retag_with_mutagen) for name in KINDS if name != "a.aac"},
    "a.flac metaflac": ("a.flac", retag_with_metaflac),
    "a.wma mutagen": ("a.wma", retag_with_mutagen),
    "cbr.mp3 id3v2": ("cbr.mp3", retag_with_id3v2),
    "vorbis.ogg vorbiscomment": ("vorbis.ogg", retag_with_vorbiscomment),
    "s16.wav LIST-INFO": ("s16.wav", retag_list_info),
}


def packets(path: Path) -> list[tuple[int, int, float, float]]:
    """Return offset, size, begin and end in seconds of each packet of sound, by ffprobe."""
    run = [require_tool("ffprobe"), "-v", "error", "-select_streams", "a:0", "-show_packets"]
    out = subprocess.run([*run, "-of", "json", str(path)], check=True, capture_output=True)
    found = []
    for packet in json.loads(out.stdout)["packets"]:
        begin = max(0.0, float(packet["pts_time"]))
        end = float(packet["pts_time"]) + float(packet.get("duration_time", 0))
        found.append((int(packet["pos"]), int(packet["size"]), begin, max(begin, end)))
    return found
