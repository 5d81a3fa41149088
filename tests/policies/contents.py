"""Facts about files, made by hand: for each rule one that it hits, and one it just misses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from policies.content import ContentRules, FileFacts, Protection
from policies.policy import read_policy

BEXT: dict[str, Any] = {
    "version": 2,
    "description": "Field recording",
    "originator": "FR, Phonotheque",
    "originator_reference": "FRPHO000000000001120000123456789",
    "origination_date": "2024-02-29",
    "origination_time": "23:59:59",
    "time_reference": 0,
    "loudness_value": -23.0,
    "coding_history": "A=ANALOGUE,M=mono,T=Studer A820\r\nA=PCM,F=96000,W=24,M=mono,T=ADC\r\n",
}
INFO = {"IARL": "FR, Phonotheque", "ICRD": "2024-02-29", "ICMT": "one line"}
VIEW: dict[str, Any] = {
    "title": ["A song"],
    "creator": ["Somebody"],
    "isrc": ["FRX012400001"],
    "musicbrainz": {"musicbrainz_trackid": "0F2B7E1C-3c1a-4d6e-9d8f-0123456789ab"},
}


def policy_of(formats: str = "", metadata: str = "", packaging: str = "") -> bytes:
    """Return a policy that asks for exactly this."""
    return f"""
format = "audio-archiver/policy"
version = 2
name = "a test's"
[packaging]
manifest-algorithms = ["sha512"]
admission = {{}}
{packaging}
[formats]
{formats or 'accepted = ["any"]'}
[metadata]
{metadata}
[fixity]
[rights]
bases = ["own-production"]
[replicas]
[retention]
[notification]
""".encode()


def wave(
    path: str = "a.wav", info: dict[str, str] | None = None, view: Any = None, **bext: Any
) -> FileFacts:
    """Return a Broadcast Wave master without fault, but for what is given."""
    fields = {key: value for key, value in {**BEXT, **bext}.items() if value is not None}
    record = {
        "format": "wav",
        "facts": {
            "codec": "pcm", "mode": "constant", "sample_rate": 96000, "bit_depth": 24,
            "channels": 1,
        },
        "blocks": [{"id": name} for name in ("fmt ", "bext", "LIST", "data")],
        "embedded": {"bext": fields},
        "tags": [
            {"system": "riff-info", "key": key, "values": [text]}
            for key, text in {**INFO, **(info or {})}.items()
        ],
        "view": {**VIEW, **(view or {})},
    }  # fmt: skip
    return FileFacts(path, 1000, "wav", record=record)


def flac(md5: str | None = "ab" * 16, block: int = 4608, rate: int = 48000) -> FileFacts:
    """Return a FLAC file."""
    record = {
        "format": "flac",
        "facts": {"codec": "flac", "mode": "lossless", "sample_rate": rate, "bit_depth": 16,
                  "channels": 2},
        "embedded": {"streaminfo": {"md5": md5, "block_size": [block, block]}},
    }  # fmt: skip
    return FileFacts("a.flac", 1000, "flac", record=record)


def with_record(file: FileFacts, **changes: Any) -> FileFacts:
    """Return ``file`` with parts of its record replaced; those given as ``None`` are left out."""
    record = {**(file.record or {}), **changes}
    return replace(file, record={key: value for key, value in record.items() if value is not None})


def with_facts(**changes: Any) -> FileFacts:
    """Return a wave file with other technical facts."""
    master = wave()
    known = {**master.facts, **changes}
    return with_record(
        master, facts={key: value for key, value in known.items() if value is not None}
    )


@dataclass(frozen=True)
class Case:
    """A policy, a file that the rule is about (``hits``), and one that it just is not about."""

    hits: FileFacts
    misses: FileFacts
    policy: bytes = b""
    detail: str = ""

    @property
    def rules(self) -> ContentRules:
        """The rules of the policy."""
        return ContentRules.of(read_policy(self.policy))


def _asked(code: str) -> bytes:
    return policy_of(f'accepted = ["any"]\n[formats.rules]\n{code} = "warn"')


def _master(setting: str) -> bytes:
    return policy_of(f'accepted = ["any"]\n[formats.master]\n{setting}')


def _noted(code: str) -> bytes:
    return policy_of(metadata=f'[metadata.rules]\n{code} = "warn"')


def _note(structure: str) -> dict[str, Any]:
    return {"findings": [{"code": "audio-misnamed", "message": "x"},
                         {"code": "audio-structure", "message": structure}]}  # fmt: skip


_TEXT = FileFacts("notes.txt", 10)
_MP3 = FileFacts("a.mp3", 10, "mp3")
_WAV = FileFacts("a.wav", 10, "wav")
_BLOCKS = [{"id": "fmt "}, {"id": "data"}, {"id": "LIST"}, {"id": "LIST"}]

CASES: dict[str, Case] = {
    "protected": Case(
        replace(_MP3, protection=Protection("Apple FairPlay", 1234)), _MP3, policy_of(),
        "Apple FairPlay, at byte 1,234",
    ),
    "named-as-protected": Case(
        replace(_MP3, path="x/a.M4P"), replace(_MP3, path="m4p/a"), policy_of(), ".m4p"
    ),
    "folder-not-foreseen": Case(
        replace(_TEXT, path="Masters/a"), replace(_TEXT, path="Copies/Masters/a"),
        policy_of(packaging='folders = ["Copies"]'), "Masters",
    ),
    "format-refused": Case(
        _MP3, _WAV, policy_of('accepted = ["any"]\nrefused = ["mp3"]'), "mp3"
    ),
    "format-not-accepted": Case(_MP3, _WAV, policy_of('accepted = ["wav"]'), "mp3"),
    "format-not-preferred": Case(
        _MP3, _WAV, policy_of('accepted = ["wav", "mp3"]\npreferred = ["wav"]'), "mp3"
    ),
    "format-unidentified": Case(
        replace(_TEXT, misnamed="named .wav, but not recognised as audio\x07"), _TEXT,
        _asked("format-unidentified"), "named .wav, but not recognised as audio\\u0007",
    ),
    "format-misnamed": Case(
        replace(_WAV, misnamed="the name ends in .mp3"), _WAV, _asked("format-misnamed"),
        "the name ends in .mp3",
    ),
    "format-closed": Case(
        FileFacts("a.wma", 10, "asf"), with_facts(codec="aac"), _asked("format-closed"),
        "Windows Media",
    ),
    "structure": Case(
        with_record(wave(), **_note("truncated")), with_record(wave(), findings=[]),
        _asked("structure"), "truncated",
    ),
    "riff-4gb": Case(
        replace(_WAV, size=(1 << 32) + 1), replace(_WAV, size=1 << 32), _asked("riff-4gb"),
        "4,294,967,297 bytes",
    ),
    "riff-chunk-twice": Case(
        with_record(wave(), blocks=[*_BLOCKS, {"id": "fmt "}]), with_record(wave(), blocks=_BLOCKS),
        _asked("riff-chunk-twice"), "fmt",
    ),
    "flac-md5-missing": Case(flac(md5=None), flac(), _asked("flac-md5-missing")),
    "flac-not-subset": Case(
        flac(block=4609), flac(block=16_384, rate=96_000), _asked("flac-not-subset"),
        "blocks of 4,609 samples, 4,608 are allowed",
    ),
    "master-lossy": Case(
        with_facts(codec="mp3"), with_facts(codec="alac"), _master("lossless = true"), "mp3"
    ),
    "master-sample-rate": Case(
        with_facts(sample_rate=44_100), wave(), _master("sample-rates = [48000, 96000]"),
        "44,100 Hz",
    ),
    "master-bit-depth": Case(
        with_facts(bit_depth=16), with_facts(codec="mp3", mode=None, bit_depth=None),
        _master("bit-depths = [24]"), "16 bit",
    ),
    "master-channels": Case(with_facts(channels=2), wave(), _master("channels = [1]"), "2"),
    "wave-not-broadcast": Case(
        with_record(wave(), embedded={}), replace(flac(), path="a"), _asked("wave-not-broadcast")
    ),
    "bext-version": Case(wave(version=3), wave(version=0), _asked("bext-version"), "3"),
    "bext-short": Case(wave(short=True), wave(), _asked("bext-short")),
    "bext-characters": Case(
        wave(originator="FR, Phonoth\u00e8que"), wave(), _asked("bext-characters"), "originator"
    ),
    "bext-date": Case(
        wave(origination_date="2023-02-29"), wave(), _asked("bext-date"), "'2023-02-29'"
    ),
    "bext-date-fadgi": Case(
        wave(origination_date="1923-13"), wave(origination_date="1923/1925"),
        _asked("bext-date-fadgi"), "'1923-13'",
    ),
    "bext-time": Case(wave(origination_time="24:00:00"), wave(), _asked("bext-time"), "'24:00:00'"),
    "bext-description": Case(wave(description=" "), wave(), _asked("bext-description")),
    "bext-originator": Case(wave(originator=""), wave(), _asked("bext-originator")),
    "bext-originator-fadgi": Case(
        wave(originator="Phonotheque"), wave(originator="US, LC"), _asked("bext-originator-fadgi"),
        "'Phonotheque'",
    ),
    "bext-reference": Case(wave(originator_reference=""), wave(), _asked("bext-reference")),
    "bext-reference-r99": Case(
        wave(originator_reference="FRPHO000000000001250000123456789"), wave(),
        _asked("bext-reference-r99"), "'FRPHO000000000001250000123456789'",
    ),
    "bext-coding-history": Case(
        wave(coding_history="A=PCM,F=48000,W=24,M=mono,T=ADC\r\n"), wave(),
        _asked("bext-coding-history"), "the last row says F=48000, the sound has 96000 Hz",
    ),
    "bext-loudness": Case(
        wave(max_true_peak_level=100.0), wave(max_true_peak_level=99.99), _asked("bext-loudness"),
        "max_true_peak_level 100.0",
    ),
    "info-iarl": Case(
        wave(info={"IARL": "Elsewhere"}), with_record(wave(), tags=[]), _asked("info-iarl"),
        "'Elsewhere' and 'FR, Phonotheque'",
    ),
    "info-icrd": Case(
        wave(info={"ICRD": "29.2.2024"}), wave(info={"ICRD": "2024"}), _asked("info-icrd"),
        "'29.2.2024'",
    ),
    "info-icmt": Case(wave(info={"ICMT": "two\nlines"}), wave(), _asked("info-icmt")),
    "metadata-missing": Case(
        wave(view={"title": []}), wave(), policy_of(metadata='required = ["title", "creator"]'),
        "title",
    ),
    "metadata-recommended": Case(
        wave(), wave(view={"album_creator": ["x"]}),
        policy_of(metadata='recommended = ["album-creator"]'), "album-creator",
    ),
    "metadata-unreadable": Case(
        with_record(wave(), problem={"code": "tags-unreadable", "message": "KeyError"}),
        with_record(wave(), problem={"code": "other", "message": "KeyError"}),
        _noted("metadata-unreadable"), "KeyError",
    ),
    "isrc-malformed": Case(
        wave(view={"isrc": ["FRX0124O0001"]}), wave(view={"isrc": ["ISRC fr-X01-24-00001"]}),
        _noted("isrc-malformed"), "'FRX0124O0001'",
    ),
    "musicbrainz-malformed": Case(
        wave(view={"musicbrainz": {"musicbrainz_albumid": "12"}}),
        wave(view={"musicbrainz": {"musicbrainz_albumtype": "live"}}),
        _noted("musicbrainz-malformed"), "musicbrainz_albumid",
    ),
    "sidecar-missing": Case(
        replace(_WAV, described=False), _WAV, policy_of(metadata='sidecar = "json"'), ".json file"
    ),
    "sidecar-alone": Case(
        FileFacts("a.json", 1, alone=True), FileFacts("a.json", 1),
        policy_of(metadata='sidecar = "json"'),
    ),
}  # fmt: skip
"""By code. Three more rules are about the bag as a whole: see ``test_content.py``."""
