"""Territories, and layers by what a file is called."""

from __future__ import annotations

import pytest

from policies.rights.layers import layers_of
from policies.rights.territories import EU, covers, is_territory, meets


def test_a_territory_is_a_country_the_union_or_the_world() -> None:
    assert len(EU) == 27
    assert all(map(is_territory, ["FR", "EU", "world"]))
    assert not any(map(is_territory, ["fr", "FRA", "", "World"]))


@pytest.mark.parametrize(
    ("granted", "asked", "answer"),
    [([], "FR", True), ([], "world", True), (["FR"], "FR", True), (["FR"], "DE", False),
     (["FR"], "world", False), (["FR"], None, True), (["EU"], "FR", True), (["EU"], "US", False),
     (["FR"], "EU", False), (sorted(EU), "EU", True), (["world"], "US", True),
     (["EU"], "EU", True)],
)  # fmt: skip
def test_a_grant_covers_a_place_whole_or_not(
    granted: list[str], asked: str | None, answer: bool
) -> None:
    assert covers(granted, asked) is answer


@pytest.mark.parametrize(
    ("denied", "asked", "answer"),
    [([], "FR", True), ([], None, True), (["US"], "US", True), (["US"], "FR", False),
     (["US"], "world", True), (["US"], None, False), (["EU"], "FR", True), (["FR"], "EU", True),
     (["US"], "EU", False), (["world"], None, True)],
)  # fmt: skip
def test_a_denial_meets_a_place_that_it_touches(
    denied: list[str], asked: str | None, answer: bool
) -> None:
    assert meets(denied, asked) is answer


@pytest.mark.parametrize(
    ("path", "pictures", "layers"),
    [("a/b.FLAC", 0, ("recording", "performance", "work")),
     ("a.mp3", 1, ("recording", "performance", "work", "artwork")),
     ("a.d/cover.jpg", 0, ("artwork",)), ("cover.png", 2, ("artwork",)), ("song.lrc", 0, ("work",)),
     ("a.flac/checksums.md5", 0, ()), ("README", 0, ()), ("a.flac/README", 0, ())],
)  # fmt: skip
def test_layers_follow_from_what_a_file_is(
    path: str, pictures: int, layers: tuple[str, ...]
) -> None:
    assert layers_of(path, pictures) == layers
