"""What a search or the look for duplicates found, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from archiver.catalogue import FileRow, Place, Twins
from archiver.clock import utc_text_ns
from cli.render.json_lines import Record
from cli.render.text import Line, Tone, clock_time, count, size

_MEMBERS_SHOWN = 10
_HEADINGS = {
    "file": "The same file, byte for byte",
    "stream": "The same coded sound in files that differ (tags, container)",
    "pcm": "The same samples, coded or contained otherwise",
    "isrc": "The same recording code on sound that differs",
}
_NAMES = {"blake3": "BLAKE3", "stream": "BLAKE3", "pcm_md5": "MD5", "isrc": "ISRC"}
_LEVEL_OF = {"blake3": "file", "stream": "stream", "pcm_md5": "pcm", "isrc": "isrc"}


def file_fields(file: FileRow) -> Record:
    """Return what the catalogue knows of one file, ready for JSON."""
    return {
        "path": file.path,
        "size": file.size,
        "mtime": utc_text_ns(file.mtime_ns),
        "blake3": file.blake3.hex(),
        "media_format": file.media_format,
        "verdict": file.verdict,
        "duration_s": file.duration_s,
        "title": file.title,
        "creator": file.creator,
        "album": file.album,
        "date": file.date,
        "isrc": file.isrc,
        "stream": file.stream.hex() if file.stream else None,
        "pcm_md5": file.pcm_md5.hex() if file.pcm_md5 else None,
    }


def hit_record(hit: Place) -> Record:
    """Return the JSON record of one hit."""
    return {"type": "hit", "bag": hit.bag, **file_fields(hit.file)}


def hit_lines(hit: Place) -> Iterator[Line]:
    """Yield one hit: what ``archiver show`` takes, and below it what it is."""
    yield Line(place_text(hit))
    file = hit.file
    said = [text for text in (file.title, file.creator, file.album, file.date) if text]
    length = clock_time(file.duration_s) if file.duration_s is not None else ""
    what = ", ".join(filter(None, (file.media_format, length, size(file.size))))
    yield Line(f"  {' · '.join([*said, what])}", Tone.FAINT if not said else Tone.PLAIN)


def place_text(place: Place) -> str:
    """Return where a file is, as ``archiver show`` takes it."""
    return f"{place.bag}/{place.file.path}"


def search_record(hits: int, more: bool) -> Record:
    """Return the last JSON record of a search; ``more``: there was more than was asked for."""
    return {"type": "search", "hits": hits, "more": more}


def search_lines(hits: int, more: bool, words: Sequence[str]) -> Iterator[Line]:
    """Yield what is to be said after the hits of ``words``."""
    if not hits:
        yield Line("nothing found")
        whole = [word for word in words if word.isalnum()]
        if whole:
            hint = f"  Whole words are looked for; '{whole[0]}*' finds longer ones, too."
            yield Line(hint, Tone.FAINT)
    elif more:
        yield Line(f"the first {hits:,}; there are more: --limit 0 shows all, more words fewer")


@dataclass(slots=True)
class Sum:
    """What the groups of one comparison add up to."""

    groups: int = 0
    files: int = 0
    bytes: int = 0

    def take(self, group: Twins) -> None:
        """Count one group in."""
        self.groups += 1
        self.files += group.files
        self.bytes += group.bytes


@dataclass(slots=True)
class Sums:
    """The groups as they come, counted by what their files share; at most ``limit`` are shown."""

    limit: int | None
    by: dict[str, Sum] = field(default_factory=dict)

    def take(self, group: Twins) -> bool:
        """Count one group in; say whether it is to be shown."""
        known = self.by.setdefault(group.by, Sum())
        known.take(group)
        return self.limit is None or known.groups <= self.limit


def group_records(level: str, group: Twins) -> Iterator[Record]:
    """Yield the JSON records of one group: itself, then its files."""
    about = {"level": level, "by": group.by, "value": group.value}
    yield {
        "type": "group",
        **about,
        "files": group.files,
        "bags": group.bags,
        "extra_bytes": group.bytes,
    }
    for member in group.members():
        yield {"type": "file", **about, "bag": member.bag, **file_fields(member.file)}


def heading(group: Twins) -> Line:
    """Return the line above the first group of its kind."""
    return Line(_HEADINGS[_LEVEL_OF[group.by]], Tone.FAINT)


def group_lines(group: Twins) -> Iterator[Line]:
    """Yield one group with the first of its files."""
    where = f" in {group.bags:,} bags" if group.bags > 1 else ""
    room = f"{size(group.bytes)} beside the largest"
    yield Line(f"  {count(group.files, 'file')}{where}, {room}, {_NAMES[group.by]} {group.value}")
    for number, member in enumerate(group.members()):
        if number == _MEMBERS_SHOWN:
            yield Line(f"    and {group.files - number:,} more (--json names all)", Tone.FAINT)
            return
        yield Line(f"    {place_text(member)} ({size(member.file.size)})")


def payload_record(bags: list[str]) -> Record:
    """Return the JSON record of bags with the same payload."""
    return {"type": "same-payload", "bags": bags}


def payload_lines(bags: list[str]) -> Iterator[Line]:
    """Yield the bags that hold the same payload."""
    yield Line(f"The same payload in {count(len(bags), 'bag')}: {', '.join(bags)}")


def sum_records(sums: Sums) -> Iterator[Record]:
    """Yield the JSON record of each comparison that found something."""
    for by, known in sums.by.items():
        yield {
            "type": "duplicates",
            "by": by,
            "groups": known.groups,
            "files": known.files,
            "extra_bytes": known.bytes,
        }


def sum_lines(sums: Sums) -> Iterator[Line]:
    """Yield what the groups add up to, and that nothing was done about it."""
    if not sums.by:
        yield Line("nothing is there twice")
        return
    for by, known in sums.by.items():
        groups, files = count(known.groups, "group"), count(known.files, "file")
        yield Line(f"{_HEADINGS[_LEVEL_OF[by]]}: {groups}, {files}, {size(known.bytes)}")
        if sums.limit is not None and known.groups > sums.limit:
            yield Line(f"  {known.groups - sums.limit:,} groups not shown: --limit 0", Tone.FAINT)
    yield Line("Nothing was deleted. A second copy may well be there on purpose.")
