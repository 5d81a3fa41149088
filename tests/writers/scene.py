"""A made-up collection of two discs, and the documents about it.

``python -m tests.writers.scene`` writes the golden files anew; look at what changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from archiver.writers import (
    PremisBeside,
    dc_document,
    mets_document,
    pbcore_document,
    premis_document,
    premis_element,
)
from archiver.writers.model import (
    AgentRecord,
    BagRecord,
    CueSheet,
    CueTrack,
    Embedded,
    Essence,
    EventRecord,
    FileRecord,
    Overview,
    Pcm,
    Recording,
    SelfCheck,
    Stream,
)
from policies.rights.model import (
    ALLOW,
    Case,
    Copyright,
    Defaults,
    Grant,
    RightsBook,
    Rightsholder,
    Statement,
    Statute,
    Term,
)

GOLDEN = Path(__file__).parent / "golden"
PROGRAM = AgentRecord("software", "audio-archiver", "1.0")
BESIDE = PremisBeside("premis.xml", 1234, "ab" * 64)
MUTAGEN = AgentRecord("software", "mutagen", "1.48.1")


def statements() -> tuple[Statement, ...]:
    """Return a statement on each basis."""
    acts = {
        "replicate": ALLOW,
        "disseminate": Grant(
            "conditional", (Case("onsite", ("DE", "AT"), "headphones only", max_copies=2),)
        ),
    }
    return (
        Statement(
            "R-1",
            "copyright",
            ("**",),
            acts=acts,  # type: ignore[arg-type]
            copyright=Copyright("copyrighted", "DE", date(2025, 1, 2)),
            rightsholders=(Rightsholder("Ann & Bob"),),
            term=Term(date(2025, 1, 1), date(2035, 12, 31)),
        ),
        Statement(
            "R-2",
            "license",
            ("Disc 1/**",),
            statement_uri="https://creativecommons.org/licenses/by-sa/4.0/",
            note="CC BY-SA 4.0",
            determined=date(2025, 3, 4),
            embargo_until=date(2027, 1, 1),
        ),
        Statement("R-3", "statute", ("**",), statute=Statute(None, "UrhG § 60e")),
        Statement("R-4", "other", ("**",), other_basis="donor", term=Term(None, date(2040, 1, 1))),
        Statement("R-5", "copyright", ("**",), status="disputed", personal_data=True),
        Statement("R-6", "license", ("**",), term=Term(date(2025, 1, 1), "open")),
    )


def bag(book: RightsBook | None = None) -> BagRecord:
    """Return the collection as a whole."""
    return BagRecord(
        "sessions-0f3a9c417b2e",
        "Sessions <1998> & more",
        5,
        4_000,
        (
            ("Source-Organization", "Radio “Wave” & Söhne"),
            ("External-Description", "Two discs,\nand notes"),
            ("Bag-Group-Identifier", "Fonds 7"),
        ),
        book or RightsBook(statements(), defaults=Defaults("DE")),
        ("SHA-512",),
        "2026-01-02",
        PROGRAM,
    )


def overview() -> Overview:
    """Return what the recordings come to."""
    return Overview(
        titles={"Sessions": None},
        creators={"Ann": None, "Bob": None},
        publishers={"Wave": None},
        media_types={"audio/flac": None, "audio/mpeg": None},
        years={"1998", "2001"},
        readers={MUTAGEN: None},
        verdicts={"self-verified": 3, "manifest-only": 1},
        recordings=4,
    )


def recording(path: str, number: str, title: str, disc: str = "") -> Recording:
    """Return a FLAC file that is tagged."""
    view = {"track": [number], "title": [title], "album": ["Sessions"]}
    return Recording(
        path,
        "flac",
        None,
        "audio/flac",
        "fmt/279",
        {"mutagen": "1.48.1"},
        {"codec": "flac", "sample_rate": 44100, "channels": 2, "duration_s": 1.5},
        {**view, **({"disc": [disc]} if disc else {})},
        Embedded(),
        SelfCheck("self-verified"),
    )


def broadcast_wave(path: str) -> Recording:
    """Return a Broadcast Wave file that began two hours after midnight."""
    bext = {
        "version": 2,
        "description": "Reel 7 <side A>",
        "originator": "",
        "origination_date": "2024-05-06",
        "time_reference": 7200 * 96000,
        "loudness_value": -23.0,
        "coding_history": "A=ANALOGUE,M=mono\r\nA=PCM,F=96000,W=24,M=mono\r\n",
    }
    facts = {
        "codec": "pcm",
        "sample_rate": 96000,
        "bit_depth": 24,
        "channels": 1,
        "bit_rate": 2304000,
        "duration_s": 3661.5,
        "frames": 351504000,
        "mode": "constant",
    }
    found = recording(path, "A1", "\u202eFourth\x07")
    found.format, found.media_type, found.pronom = "wav", "audio/vnd.wave", "fmt/711"
    found.version, found.facts, found.embedded = "2", facts, Embedded(bext=bext)
    return found


def file_of(number: int, path: str, found: Recording, sound: bool = False) -> FileRecord:
    """Return a payload file with digests that can be told apart."""
    essence = None
    if sound:
        samples = Pcm(f"{number:032x}", None, 44100, 2, 16, 66150, stated=True)
        essence = Essence(path, Stream(f"{number:064x}", 700), samples)
    return FileRecord(
        number,
        path,
        800,
        (("SHA-512", f"{number:0128x}"),),
        f"{number + 16:064x}",
        found,
        "FLAC" if found.format else None,
        essence,
    )


def files() -> list[FileRecord]:
    """Return the files: out of order by their tags, with a cue sheet inside one of them."""
    two, one = "data/Disc 1/a & b.flac", "data/Disc 1/c 100%\n.flac"
    side_b, side_a = "data/tape/1.flac", "data/tape/2.flac"
    cued = recording(side_b, "B1", "Third")
    cued.embedded = Embedded(
        CueSheet([CueTrack(1, 0), CueTrack(2, 44100 * 61), CueTrack(170, 99999999)])
    )
    return [
        file_of(1, two, recording(two, "2/2", "Second <take>", "1/2"), sound=True),
        file_of(2, one, recording(one, "1/2", "First", "1/2"), sound=True),
        file_of(3, "data/notes.txt", Recording("data/notes.txt")),
        file_of(4, side_b, cued),
        file_of(5, side_a, broadcast_wave(side_a))._replace(format_name="Broadcast Wave"),
    ]


def events() -> list[EventRecord]:
    """Return what the log tells."""
    people = (AgentRecord("person", "ann"),)
    return [
        EventRecord("s#event-2", "package", "2026-01-02T03:04:05Z", "success", False, "{}", "",
                    (PROGRAM,), people),
        EventRecord("s#event-7", "verify", "2026-02-02T03:04:05Z", "invalid", True, '{"a":1}', "",
                    (PROGRAM,), people),
        EventRecord("s#event-9", "novelty", "2026-03-02T03:04:05Z", "done", False, "", "",
                    (PROGRAM,), people),
    ]  # fmt: skip


def documents() -> dict[str, Iterator[bytes]]:
    """Return each golden document by the name of its file."""
    told = (bag(), overview(), files())
    return {
        "premis.xml": premis_document(*told, events()),
        "mets.xml": mets_document(*told, premis_element(*told, events())),
        "mets-beside.xml": mets_document(*told, BESIDE, up="../"),
        "pbcore.xml": pbcore_document(*told),
        "dc.xml": dc_document(bag(), overview()),
    }


if __name__ == "__main__":
    for name, pieces in documents().items():
        (GOLDEN / name).write_bytes(b"".join(pieces))
