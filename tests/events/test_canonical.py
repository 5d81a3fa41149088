"""Canonical JSON and the lines of the log: one meaning, one sequence of bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.canonical import canonical
from archiver.events import Agent, UnknownVersionError
from archiver.events.event import BEGINNING, event_line, parse_line

ONE: dict[str, Any] = {
    "seq": 1,
    "prev": BEGINNING,
    "time": "2026-01-02T03:04:05Z",
    "type": "seal",
    "bag": "b",
    "outcome": "ok",
}
AGENT = Agent("audio-archiver", "1", "ann")
# A high surrogate before a low one would be read back as the one character they spell.
texts = st.text(
    st.characters(exclude_categories=()).filter(lambda c: not "\ud800" <= c <= "\udbff")
)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_canonical_json_says_the_same_and_is_said_in_one_way_only(value: Any) -> None:
    said = canonical(value)
    assert json.loads(said) == value
    assert canonical(json.loads(said)) == said


@given(values)
def test_nothing_in_canonical_json_can_steer_a_terminal_or_end_a_line(value: Any) -> None:
    text = canonical(value).decode()
    assert all(" " <= char != "\x7f" and not "\x80" <= char <= "\x9f" for char in text)
    assert not set(text) & set(
        "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029\ufeff"
    )
    assert text.splitlines() in ([text], [])


@given(st.dictionaries(st.text("ab\u00e9\U0001f600", min_size=1), st.integers(), min_size=2))
def test_the_order_in_which_keys_were_put_in_does_not_matter(table: dict[str, int]) -> None:
    assert canonical(dict(reversed(table.items()))) == canonical(table)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1: "a"}, [{None: 1}], b"raw", {1}])
def test_what_json_cannot_say_is_refused(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        canonical(value)


@given(st.dictionaries(texts, values, max_size=4), texts)
def test_a_line_tells_everything_its_event_was_made_of(detail: dict[str, Any], user: str) -> None:
    line = event_line(**ONE, detail=detail, agent=Agent("a", "1", user))
    event = parse_line(line)
    assert b"\n" not in line
    assert (event.seq, event.prev, event.time, event.type) == (1, BEGINNING, ONE["time"], "seal")
    assert (event.bag, event.outcome, event.detail) == ("b", "ok", detail)
    assert event.agent == Agent("a", "1", user)


LINE = event_line(**ONE, detail={"n": 1, "x": [True, None]}, agent=AGENT)


def test_the_form_of_a_line_is_this_and_stays_this() -> None:
    assert LINE == (
        b'{"agent":{"name":"audio-archiver","user":"ann","version":"1"},"bag":"b",'
        b'"detail":{"n":1,"x":[true,null]},"outcome":"ok","prev":"' + b"0" * 64 + b'","seq":1,'
        b'"time":"2026-01-02T03:04:05Z","type":"seal","v":1}'
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"seq":1', b'"seq":0'),
        (b'"seq":1', b'"seq":1.0'),
        (b'"seq":1', b'"seq": 1'),
        (b'"seq":1', b'"seq":true'),
        (b'"bag":"b"', b'"bag":7'),
        (b'"bag":"b",', b""),
        (b'"bag":"b"', b'"bag":"\\u0062"'),
        (b'"bag":"b"', b'"bag":"b","bag":"b"'),
        (b'"detail":{"n":1,"x":[true,null]}', b'"detail":[]'),
        (b'"detail":{"n":1', b'"detail":{"n":NaN'),
        (b'"outcome":"ok"', b'"outcome":null'),
        (b'"prev":"0', b'"prev":"G'),
        (b"2026-01-02", b"2026-13-02"),
        (b'"user":"ann",', b'"user":null,'),
        (b'"user":"ann",', b'"wart":"ann",'),
        (b'"name":"audio-archiver",', b""),
        (b'"v":1', b'"v":0'),
        (b'"v":1', b'"v":"1"'),
        (LINE, b"[]"),
        (LINE, b"\xff"),
        (LINE, b"[" * 100_000),
        (LINE, b""),
    ],
)
def test_a_line_that_is_not_an_event_in_its_one_form_is_not_read(old: bytes, new: bytes) -> None:
    spoilt = LINE.replace(old, new)
    assert spoilt != LINE
    with pytest.raises(ValueError, match=r"\w"):
        parse_line(spoilt)


def test_a_line_of_a_later_version_is_unknown_rather_than_wrong() -> None:
    with pytest.raises(UnknownVersionError, match="version 2"):
        parse_line(LINE.replace(b'"v":1', b'"v":2'))
