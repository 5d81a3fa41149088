"""Words find the files they stand in, and no text anybody types can break a search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from archiver.archive import sqlite_url
from archiver.catalogue import FIELDS, Catalogue, FileRow, Wish, Words, parse
from archiver.catalogue import searching as searching_module
from tests.catalogue.test_catalogue import ROW


def recording(number: int, path: str, **known: object) -> FileRow:
    return FileRow(number, f"data/{path}", 9, 0, bytes(32), "flac")._replace(**known)  # type: ignore[arg-type]


ONE = [
    recording(1, "a/notes on moon river.txt", media_format=None),
    recording(
        2, "b/01.flac", title="Moon River", creator="Henry Mancini", album="Breakfast",
        isrc="DEA128700001", words=Words("Henry Mancini Johnny Mercer", "DEA128700001", "Café"),
    ),
    recording(3, "b/02.flac", title="River and Moon", creator="Andy", words=Words("Andy")),
    recording(
        4, "c/03.ogg", title="Ätna", media_format="ogg-vorbis", words=Words(tags="moon river")
    ),
]  # fmt: skip
TWO = [recording(1, "moon.wav", media_format="wav", title="Blue Moon", words=Words())]


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    """Two bags, the first sealed first."""
    place = tmp_path_factory.mktemp("searching") / "c.sqlite"
    with Catalogue.create(sqlite_url(place), "identity") as made:
        made.record_bag(replace(ROW, id="one"), ONE)
        made.record_bag(replace(ROW, id="two"), TWO)
        yield made


def find(catalogue: Catalogue, *words: str, bag: str | None = None, **fields: str) -> list[str]:
    wish = Wish(words, {name: [value] for name, value in fields.items()}, bag)
    found = catalogue.find_words(parse(wish))
    return [f"{hit.bag}/{hit.file.path.removeprefix('data/')}" for hit in found]


NOTES, FIRST, SECOND, THIRD, OTHER = (
    "one/a/notes on moon river.txt",
    "one/b/01.flac",
    "one/b/02.flac",
    "one/c/03.ogg",
    "two/moon.wav",
)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["mancini"], [FIRST]),
        (["MANCINI", "river"], [FIRST]),
        (["moon", "river"], [FIRST, SECOND, NOTES, THIRD]),
        (["moon river"], [FIRST, NOTES, THIRD]),
        (['"moon river"'], [FIRST, NOTES, THIRD]),
        (['henry "moon river"'], [FIRST]),
        (["manc*"], [FIRST]),
        (["moon riv*"], [FIRST, NOTES, THIRD]),
        (["manc"], []),
        (["cafe"], [FIRST]),
        (["atna"], [THIRD]),
        (["ätna"], [THIRD]),
        (["mercer"], [FIRST]),
        (["notes"], [NOTES]),
        (["moon", "&", "***", "river"], [FIRST, SECOND, NOTES, THIRD]),
        (["moon", "NOT", "river"], []),
        (["title:moon"], []),
        (["de-a12-87-00001"], [FIRST]),
        (["dea128700001"], [FIRST]),
    ],
)
def test_all_words_must_be_there_and_titles_come_first(
    words: Sequence[str], expected: list[str], catalogue: Catalogue
) -> None:
    assert find(catalogue, *words) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"title": "moon"}, [FIRST, SECOND, OTHER]),
        ({"title": "moon river"}, [FIRST]),
        ({"creator": "mercer"}, [FIRST]),
        ({"album": "break*"}, [FIRST]),
        ({"isrc": "ISRC de-a12-87-00001"}, [FIRST]),
        ({"isrc": "DEA128700O01"}, [FIRST]),
        ({"isrc": "de-a12*"}, [FIRST]),
        ({"isrc": "de-a12"}, []),
        ({"name": "moon"}, [NOTES, OTHER]),
        ({"format": "ogg"}, [THIRD]),
        ({"format": "flac", "title": "moon"}, [FIRST, SECOND]),
    ],
)
def test_a_field_is_asked_for_by_itself(
    fields: dict[str, str], expected: list[str], catalogue: Catalogue
) -> None:
    assert find(catalogue, **fields) == expected


def test_words_and_fields_and_a_bag_narrow_each_other(catalogue: Catalogue) -> None:
    assert find(catalogue, "moon", bag="two") == [OTHER]
    assert find(catalogue, "river", creator="andy") == [SECOND]
    assert find(catalogue, "moon", bag="none of that name") == []


def test_a_format_is_no_word_of_its_own(catalogue: Catalogue) -> None:
    assert find(catalogue, "vorbis") == []


def test_hits_come_whole(catalogue: Catalogue) -> None:
    (hit,) = catalogue.find_words(parse(Wish(["mancini"])))
    assert hit.file == ONE[1]._replace(words=None)


def test_pages_lose_and_double_nothing(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = find(catalogue, "moon")
    assert len(expected) == 5
    for size in (1, 2, 3, 5):
        monkeypatch.setattr(searching_module, "_FIRST_PAGE", size)
        monkeypatch.setattr(searching_module, "_PAGE", size)
        assert find(catalogue, "moon") == expected


def test_what_a_replaced_bag_held_is_found_no_more(tmp_path: Path) -> None:
    with Catalogue.create(sqlite_url(tmp_path / "c.sqlite"), "identity") as catalogue:
        catalogue.record_bag(replace(ROW, id="one"), ONE)
        catalogue.record_bag(replace(ROW, id="one"), TWO)
        assert find(catalogue, "mancini") == []
        assert find(catalogue, "moon") == ["one/moon.wav"]


_PATIENT = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
_odd = st.text(st.sampled_from("\"*():^-+{}~ \0\t\n'\\ANDORNOTEaéß1٣🎵\ud800\ue000"), max_size=20)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(st.lists(st.text() | _odd, max_size=4), st.dictionaries(st.sampled_from(FIELDS), _odd))
@example(['"'], {})
@example(["*", '"" *', "NEAR(a b)", "a" * 5000], {"title": '") OR ("'})
def test_no_text_breaks_a_search(
    catalogue: Catalogue, words: list[str], fields: dict[str, str]
) -> None:
    wish = Wish(words, {name: [value] for name, value in fields.items()})
    list(catalogue.find_words(parse(wish)))


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(st.text(st.characters(max_codepoint=0x2FF, categories=("L", "N", "P", "Z")), min_size=1))
def test_a_title_is_found_by_itself(tmp_path_factory: pytest.TempPathFactory, title: str) -> None:
    place = tmp_path_factory.mktemp("title") / "c.sqlite"
    with Catalogue.create(sqlite_url(place), "identity", scratch=True) as catalogue:
        catalogue.record_bag(ROW, [recording(1, "x", title=title)])
        query = parse(Wish(fields={"title": [title.replace('"', " ").rstrip("* ")]}))
        assert not query.terms or len(list(catalogue.find_words(query))) == 1
