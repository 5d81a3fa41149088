"""Ogg pages passed over many at once come to what each of them, looked at by itself, comes to."""

from __future__ import annotations

import tempfile
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from archiver.audio.examination import AudioExamination, Question
from archiver.audio.examine import examine_source
from archiver.audio.source import open_source
from archiver.audio.tags import Limits
from tests.audio import sounds

WHOLE = sounds.opus(300)
OTHER = sounds.opus(40)
STARTS = [at for at in range(len(WHOLE)) if WHOLE.startswith(b"OggS", at)]
PAGES = [WHOLE[at:end] for at, end in pairwise([*STARTS, len(WHOLE)])]
ONE_BY_ONE = Question(((0, 0),))  # whoever asks for times has every page looked at

places = st.integers(0, len(PAGES) - 1)
deeds = st.one_of(
    st.tuples(st.just("drop"), places),
    st.tuples(st.just("twice"), places),
    st.tuples(st.just("swap"), places),
    st.tuples(st.just("flip"), places, st.integers(0, 8 * 400)),
    st.tuples(st.just("cut"), places, st.integers(0, 400)),
    st.tuples(st.just("stray"), places, st.binary(min_size=1, max_size=40)),
    st.tuples(st.just("flags"), places, st.integers(0, 7)),
    st.tuples(st.just("granule"), places, st.integers(-1, 2**40)),
    st.tuples(st.just("other"), places),
)


def _done(pages: list[bytes], deed: str, at: int, what: int | bytes = 0) -> None:
    page = bytearray(pages[at])
    match deed, what:
        case "drop", _:
            page.clear()
        case "twice", _:
            page *= 2
        case "swap", _:
            page, pages[at - 1] = bytearray(pages[at - 1]), bytes(page)
        case "flip", int(bit) if page:
            page[bit // 8 % len(page)] ^= 1 << bit % 8
        case "cut", int(size):
            del page[-1 - size :]
        case "stray", bytes(between):
            page += between
        case "flags", int(flags) if page[:4] == b"OggS":
            page[5] = flags
            _seal(page)
        case "granule", int(position) if page[:4] == b"OggS":
            page[6:14] = position.to_bytes(8, "little", signed=True)
            _seal(page)
        case "other", _:
            page += OTHER
    pages[at] = bytes(page)


def _seal(page: bytearray) -> None:
    page[22:26] = bytes(4)
    page[22:26] = sounds.ogg_crc(bytes(page)).to_bytes(4, "little")


def _look(path: Path, question: Question | None) -> AudioExamination:
    source = open_source(str(path))
    try:
        return examine_source(source, Limits(), path.name, question=question)
    finally:
        source.close()


@given(st.lists(deeds, max_size=4))
def test_many_at_once_and_one_by_one_agree(
    todo: list[tuple[str, int] | tuple[str, int, int] | tuple[str, int, bytes]],
) -> None:
    pages = list(PAGES)
    for deed in todo:
        _done(pages, *deed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.opus")
        path.write_bytes(b"".join(pages))
        quick, close = _look(path, None), _look(path, ONE_BY_ONE)
    assert quick.record == close.record
    assert quick.essence == close.essence
    assert quick.problems == close.problems
    if not todo:
        assert quick.verdict == "self-verified"
        checked = quick.record["self_check"]["checks"]["ogg-page-crc32"]["checked"]
        assert checked == len(PAGES)
