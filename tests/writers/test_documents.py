"""The documents hold what the field's schemas ask for, and what the records said."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archiver.writers import (
    dc_document,
    mets_document,
    pbcore_document,
    premis_document,
    premis_element,
)
from archiver.writers.model import Embedded, FileRecord, Overview, Recording
from archiver.writers.vocabulary import EVENT_TYPES
from archiver.writers.xml import unescaped
from policies.rights.model import RightsBook, Statement
from tests.writers import official, scene
from tests.writers.official import DC, METS, PBCORE, PREMIS, XLINK, read, valid


@pytest.mark.parametrize(
    "name", ["premis.xml", "mets.xml", "mets-beside.xml", "pbcore.xml", "dc.xml"]
)
def test_the_same_records_give_the_golden_bytes(name: str) -> None:
    made = b"".join(scene.documents()[name])
    assert made == (scene.GOLDEN / name).read_bytes(), "python -m tests.writers.scene"


def test_premis_is_valid_and_so_is_premis_inside_mets() -> None:
    documents = scene.documents()
    alone = valid(read(documents["premis.xml"]), "premis.xsd")
    mets = valid(read(documents["mets.xml"]), "mets.xsd")
    (wrapped,) = mets.iter(f"{PREMIS}premis")
    valid(wrapped, "premis.xsd")
    assert len(wrapped) == len(alone)
    valid(read(documents["mets-beside.xml"]), "mets.xsd")


def test_dublin_core_alone_and_inside_mets_is_simple() -> None:
    documents = scene.documents()
    alone = read(documents["dc.xml"])
    valid(alone, "simpledc.xsd")
    (section,) = read(documents["mets.xml"]).iter(f"{METS}dmdSec")
    inside = [one for one in section.iter() if one.tag.startswith(DC)]
    assert [(one.tag, one.text) for one in inside] == [(one.tag, one.text) for one in alone]
    assert alone.findtext(f"{DC}date") == "1998/2001"
    assert [one.text for one in alone.iter(f"{DC}title")] == ["Sessions"]


def test_the_schemas_are_those_their_provenance_speaks_of() -> None:
    digests = official.recorded_digests()
    assert sorted(digests) == sorted(path.name for path in official.FOLDER.glob("*.xsd"))
    assert digests == {name: official.sha256(name) for name in digests}


@pytest.mark.parametrize(
    ("name", "against", "gone"),
    [
        ("premis.xml", "premis.xsd", f"{PREMIS}event/{PREMIS}eventType"),
        ("mets.xml", "mets.xsd", f".//{PREMIS}event/{PREMIS}eventType"),
        ("mets.xml", "mets.xsd", f".//{PBCORE}instantiationLocation"),
        ("pbcore.xml", "pbcore.xsd", f".//{PBCORE}instantiationPart/{PBCORE}instantiationLocation"),
    ],
)
def test_the_schema_would_notice(name: str, against: str, gone: str) -> None:
    root = valid(read(scene.documents()[name]), against)
    found = root.find(gone)
    found.getparent().remove(found)
    assert not official.schema(against).validate(root)


def test_the_schema_of_dublin_core_would_notice() -> None:
    root = read(scene.documents()["dc.xml"])
    root[0].tag = f"{DC}headline"
    assert not official.schema("simpledc.xsd").validate(root)


def test_pbcore_tells_the_technical_facts_of_each_recording() -> None:
    pbcore = valid(read(scene.documents()["pbcore.xml"]), "pbcore.xsd")
    parts = list(pbcore.iter(f"{PBCORE}instantiationPart"))
    assert len(parts) == 4  # the notes are no recording
    told = {one.tag.removeprefix(PBCORE): one for one in parts[3].iter()}
    assert told["instantiationStandard"].get("ref") == "info:pronom/fmt/711"
    texts = {name: one.text for name, one in told.items()}
    assert texts["instantiationDigital"] == "audio/vnd.wave"
    assert texts["instantiationDuration"] == "01:01:01.500"
    assert texts["instantiationTimeStart"] == "02:00:00.000"
    assert texts["instantiationDate"] == "2024-05-06"
    assert texts["instantiationChannelConfiguration"] == "1 channel"
    assert texts["essenceTrackEncoding"] == "pcm"
    rate, depth = told["essenceTrackSamplingRate"], told["essenceTrackBitDepth"]
    assert (rate.text, rate.get("unitsOfMeasure")) == ("96000", "Hz")
    assert (depth.text, depth.get("unitsOfMeasure")) == ("24", "bits")
    notes = {one.get("annotationType"): one.text for one in parts[3] if "Annotation" in one.tag}
    assert notes["bext CodingHistory"].splitlines() == [
        "A=ANALOGUE,M=mono",
        "A=PCM,F=96000,W=24,M=mono",
    ]
    assert notes["bext LoudnessValue"] == "-23.0"
    assert "bext Originator" not in notes  # it says nothing


def test_pbcore_has_every_digest_of_a_file_and_of_the_sound_in_it() -> None:
    pbcore = read(scene.documents()["pbcore.xml"])
    first = next(pbcore.iter(f"{PBCORE}instantiationPart"))
    digests = [
        (one.get("version"), one.text, one.get("annotation"), one.get("source"))
        for one in first.iter(f"{PBCORE}instantiationIdentifier", f"{PBCORE}essenceTrackIdentifier")
        if one.get("version")
    ]
    file, sound = scene.files()[0], scene.files()[0].essence
    assert sound and sound.pcm
    assert digests == [
        (*file.digests[0], "messageDigest", "computed"),
        ("BLAKE3", file.blake3, "messageDigest", "computed"),
        ("BLAKE3", sound.stream.blake3, "messageDigest of the coded sound", "computed"),
        ("MD5", sound.pcm.md5, "messageDigest of the samples", "the file itself"),
    ]


def test_mets_leads_from_each_recording_to_what_pbcore_says_of_it() -> None:
    mets = read(scene.documents()["mets.xml"])
    alone = read(scene.documents()["pbcore.xml"]).iter(f"{PBCORE}instantiationPart")
    sections = {one.get("ID"): one for one in mets.iter(f"{METS}amdSec")}
    leading = [one.get("ADMID") for one in mets.iter(f"{METS}file")]
    assert leading == ["sound-1", "sound-2", None, "sound-4", "sound-5"]
    for section, part in zip(filter(None, leading), alone, strict=True):
        (inside,) = sections[section].iter(f"{PBCORE}pbcoreInstantiationDocument")
        assert [(one.tag, one.text) for one in inside] == [(one.tag, one.text) for one in part]


def test_mets_leads_to_every_file_with_size_and_digest() -> None:
    mets = read(scene.documents()["mets-beside.xml"])
    found = list(mets.iter(f"{METS}file"))
    for element, record in zip(found, scene.files(), strict=True):
        href = element[0].get(f"{XLINK}href")
        assert unquote_to_bytes(href) == b"../" + record.path.encode()
        assert " " not in href and "\n" not in href
        assert element.get("SIZE") == str(record.size)
        assert (element.get("CHECKSUMTYPE"), element.get("CHECKSUM")) == record.digests[0]
        assert unescaped(element.get("OWNERID")) == f"{scene.bag().identifier}/{record.path}"
    assert [one.get("MIMETYPE") for one in found][2:4] == ["text/plain", "audio/flac"]


def test_mets_takes_the_strongest_digest_it_has_a_name_for() -> None:
    one = scene.files()[0]._replace(digests=(("SHA-224", "a" * 56), ("MD5", "b" * 32)))
    mets = valid(read(mets_document(scene.bag(), Overview(), [one], scene.BESIDE)), "mets.xsd")
    (file,) = mets.iter(f"{METS}file")
    assert (file.get("CHECKSUMTYPE"), file.get("CHECKSUM")) == ("MD5", "b" * 32)


def test_the_physical_map_is_the_tree_of_folders() -> None:
    physical, _ = read(scene.documents()["mets.xml"]).iter(f"{METS}structMap")
    (root,) = physical
    assert [(div.get("TYPE"), div.get("LABEL")) for div in root] == [
        ("directory", "Disc 1"),
        ("file", "notes.txt"),
        ("directory", "tape"),
    ]
    assert [div.get("LABEL") for div in root[0]] == ["a & b.flac", "c 100%\n.flac"]


def test_the_logical_map_is_in_the_order_of_the_tags() -> None:
    _, logical = read(scene.documents()["mets.xml"]).iter(f"{METS}structMap")
    disc, tape = logical[0]
    assert (disc.get("TYPE"), disc.get("ORDER"), disc.get("ORDERLABEL")) == ("disc", "1", "1")
    told = [(div.get("ORDER"), div.get("ORDERLABEL"), div.get("LABEL")) for div in disc]
    assert told == [("1", "1/2", "First"), ("2", "2/2", "Second <take>")]
    assert [(side.get("TYPE"), side.get("LABEL")) for side in tape] == [
        ("side", "Side A"),
        ("side", "Side B"),
    ]
    cued = tape[1][0]
    assert [area.get("BEGIN") for area in cued.iter(f"{METS}area")] == [
        "00:00:00.000",
        "00:01:01.000",
    ]


def test_discs_told_by_tags_in_one_folder_are_kept_apart() -> None:
    paths = [f"data/box/{number}.flac" for number in range(1, 5)]
    discs = ["2/2", "1/2", "2/2", "1/2"]
    found = [
        scene.file_of(n, path, scene.recording(path, str(9 - n), path, disc))
        for n, (path, disc) in enumerate(zip(paths, discs, strict=True), 1)
    ]
    mets = valid(read(mets_document(scene.bag(), Overview(), found, scene.BESIDE)), "mets.xsd")
    _, logical = mets.iter(f"{METS}structMap")
    (folder,) = logical[0]
    assert [(div.get("TYPE"), div.get("LABEL")) for div in folder] == [
        ("disc", "Disc 1"),
        ("disc", "Disc 2"),
    ]
    assert [track.get("ORDERLABEL") for track in folder[0]] == ["5", "7"]


def test_each_file_is_an_object_with_the_sound_in_it() -> None:
    premis = read(scene.documents()["premis.xml"])
    kind = "{http://www.w3.org/2001/XMLSchema-instance}type"
    kinds = [one.get(kind) for one in premis.iter(f"{PREMIS}object")]
    assert kinds[:2] == ["intellectualEntity", "representation"]
    assert kinds[2:8] == ["file", "bitstream", "bitstream"] * 2
    assert kinds[8:] == ["file", "file", "file"]
    samples = next(premis.iter(f"{PREMIS}messageDigestOriginator"))
    assert samples.text == "the file itself"


def test_events_are_told_once_with_terms_of_the_library_of_congress() -> None:
    premis = read(scene.documents()["premis.xml"])
    types = [(one.text, one.get("valueURI")) for one in premis.iter(f"{PREMIS}eventType")]
    base = "http://id.loc.gov/vocabulary/preservation/eventType/"
    assert types == [
        ("message digest calculation", f"{base}mes"),
        ("format identification", f"{base}for"),
        ("metadata extraction", f"{base}mee"),
        ("validation", f"{base}val"),
        ("accession", f"{base}acc"),
        ("fixity check", f"{base}fix"),
        ("novelty", None),
    ]
    assert len({code for _, code in EVENT_TYPES.values()}) >= 12
    outcomes = [one.text for one in premis.iter(f"{PREMIS}eventOutcome")]
    assert outcomes == ["success"] * 5 + ["fail", "success"]


def test_every_agent_and_right_that_is_named_is_there_once() -> None:
    premis = read(scene.documents()["premis.xml"])
    for kind in ("Agent", "RightsStatement", "Object"):
        own = kind[0].lower() + kind[1:]
        there = [one.text for one in premis.iter(f"{PREMIS}{own}IdentifierValue")]
        named = {one.text for one in premis.iter(f"{PREMIS}linking{kind}IdentifierValue")}
        assert len(there) == len(set(there))
        assert named and named <= set(there)


def test_what_premis_has_no_place_for_is_in_notes() -> None:
    text = b"".join(scene.documents()["premis.xml"]).decode()
    for note in (
        "applies to: Disc 1/**", "kept dark until: 2027-01-01", "status: disputed",
        "holds personal data", "ends: 2040-01-01", "rightsholders: Ann &amp; Bob",
        "audience: onsite; territory: DE, AT; most copies: 2; note: headphones only",
    ):  # fmt: skip
        assert f"{note}<" in text, note


@pytest.mark.parametrize("basis", ["copyright", "license", "statute", "other"])
def test_a_statement_of_nothing_but_its_basis_is_valid(basis: str) -> None:
    bag = scene.bag(RightsBook((Statement("R", basis),)))
    valid(read(premis_document(bag, Overview(), [])), "premis.xsd")


def test_an_empty_bag_without_a_date_is_valid_too() -> None:
    bag = replace(scene.bag(), made=None, software=None, info=(), files=0)
    valid(read(premis_document(bag, Overview(), [])), "premis.xsd")
    valid(read(mets_document(bag, Overview(), [], premis_element(bag, Overview(), []))), "mets.xsd")
    valid(read(dc_document(bag, Overview())), "simpledc.xsd")
    valid(read(pbcore_document(bag, Overview(), [])), "pbcore.xsd")


HOSTILE = st.text(st.characters(exclude_categories=()), min_size=1, max_size=12)
PART = HOSTILE.map(lambda text: text.replace("/", "∕")).filter(lambda text: text not in (".", ".."))
PATHS = st.lists(st.lists(PART, min_size=1, max_size=4).map("/".join), max_size=8, unique=True)
FACTS = st.dictionaries(
    st.sampled_from(["codec", "sample_rate", "channels", "duration_s", "time_reference"]),
    st.one_of(HOSTILE, st.integers(), st.floats(), st.none()),
)
VIEW = st.dictionaries(
    st.sampled_from(["title", "track", "disc", "album", "creator"]),
    st.one_of(st.lists(st.one_of(HOSTILE, st.integers(0, 10**6).map(str))), st.none()),
)


def _hostile(path: str, text: str, facts: dict[str, object], view: dict[str, object]) -> Recording:
    bext = {**facts, "version": text, "coding_history": text}
    return Recording(path, "flac", text, None, text, {}, facts, view, Embedded(bext=bext))


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(PATHS, FACTS, VIEW, HOSTILE)
def test_hostile_names_and_tags_break_nothing(
    paths: list[str], facts: dict[str, object], view: dict[str, object], text: str
) -> None:
    found = [
        scene.file_of(n, path, _hostile(path, text, facts, view), n == 1)
        for n, path in enumerate(sorted(f"data/{path}" for path in paths), 1)
    ]
    pairs = (("Source-Organization", text), ("Title", text))
    bag = replace(scene.bag(), identifier=text, source_name=text, info=pairs)
    overview = Overview(titles={text: None}, creators={text: None}, recordings=1)
    premis = valid(read(premis_document(bag, overview, found, scene.events())), "premis.xsd")
    names = [unescaped(one.text) for one in premis.iter(f"{PREMIS}contentLocationValue")]
    assert names == [one.path for one in found]
    mets = valid(
        read(mets_document(bag, overview, found, premis_element(bag, overview, found))), "mets.xsd"
    )
    hrefs = [unquote_to_bytes(one.get(f"{XLINK}href")) for one in mets.iter(f"{METS}FLocat")]
    assert [href.decode("utf-8", "surrogatepass") for href in hrefs] == names
    for tree in mets.iter(f"{METS}structMap"):
        pointers = {one.get("FILEID") for one in tree.iter(f"{METS}fptr")}
        assert pointers - {None} == {f"file-{one.number}" for one in found}
    valid(read(dc_document(bag, overview)), "simpledc.xsd")
    pbcore = valid(read(pbcore_document(bag, overview, found)), "pbcore.xsd")
    parts = pbcore.iter(f"{PBCORE}instantiationPart")
    places = [one.findtext(f"{PBCORE}instantiationLocation") for one in parts]
    assert [unquote_to_bytes(one).decode("utf-8", "surrogatepass") for one in places] == names


def test_folders_a_thousand_deep_are_still_readable() -> None:
    path = "data/" + "d/" * 1000 + "x.flac"
    found = [scene.file_of(1, path, scene.recording(path, "1", "x"))]
    mets = valid(read(mets_document(scene.bag(), Overview(), found, scene.BESIDE)), "mets.xsd")
    assert max(len(list(one.iterancestors())) for one in mets.iter(f"{METS}fptr")) < 120


class _Many:
    """Files that are made as they are asked for."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._one = scene.file_of(1, "data/x", scene.recording("data/x", "1", "x"), sound=True)

    def __iter__(self) -> Iterator[FileRecord]:
        for number in range(1, self._count + 1):
            path = f"data/{number // 50:06}/{number:06}.flac"
            yield self._one._replace(number=number, path=path)


def _peak(count: int) -> tuple[int, int]:
    """Return the most bytes held at a time while METS is written, and its own length."""
    bag, many = scene.bag(), _Many(count)
    tracemalloc.start()
    try:
        premis = premis_element(bag, Overview(), many, scene.events())
        length = sum(map(len, mets_document(bag, Overview(), many, premis)))
        return tracemalloc.get_traced_memory()[1], length
    finally:
        tracemalloc.stop()


def test_thousands_of_files_are_written_in_flat_memory() -> None:
    few, _ = _peak(300)
    many, length = _peak(3_000)
    assert length > 13_000_000
    assert many < few + 50_000 < 2_000_000  # 50 kB: not twenty bytes a file


def test_a_folder_with_too_many_recordings_to_be_put_in_order_keeps_them_all() -> None:
    paths = [f"data/{number:06}.flac" for number in range(2500)]
    found = [
        scene.file_of(n, path, scene.recording(path, str(3000 - n), path))
        for n, path in enumerate(paths, 1)
    ]
    _, logical = read(mets_document(scene.bag(), Overview(), found, scene.BESIDE)).iter(
        f"{METS}structMap"
    )
    named = [one.get("LABEL") for one in logical[0]]
    assert sorted(named) == paths
    assert named[:1000] == paths[999::-1]


def test_more_files_mean_no_more_events() -> None:
    premis = b"".join(premis_document(scene.bag(), scene.overview(), _Many(300), scene.events()))
    assert premis.count(b"<event>") == 7
