"""Failures that share something are told together, and nothing is made up where they do not."""

from __future__ import annotations

from policies.together import Failure, Gathering, Shared


def _gathered(*failures: Failure) -> Gathering:
    gathering = Gathering()
    for one in failures:
        gathering.add(one)
    return gathering


def test_what_most_failures_share_is_named() -> None:
    one = Failure("a", "mismatch", "data/x/1.wav", "2026-01-01", "0-1,048,575")
    failures = [one._replace(path=f"data/x/{number}.wav") for number in range(6)]
    failures += [one._replace(bag="b", path="data/y", sealed="2026-01-02", pattern="9-10")]
    (kind,) = _gathered(*failures).kinds()
    assert (kind.number, kind.bags, len(kind.first)) == (7, 2, 5)
    assert kind.shared == (
        Shared("bag", "a", 6),
        Shared("folder", "a/data/x", 6),
        Shared("sealed", "2026-01-01", 6),
        Shared("bytes", "0-1,048,575", 6),
    )


def test_a_device_is_named_where_bags_lie_on_several() -> None:
    gathering = Gathering()
    for number in range(4):
        gathering.saw("8:1")
        gathering.add(Failure(f"b{number}", "mismatch", "data/1", f"{number}", "", "8:1"))
    assert gathering.kinds()[0].shared == ()
    gathering.saw("8:17")
    assert gathering.kinds()[0].shared == (Shared("device", "8:1", 4),)


def test_nothing_is_shared_by_two_or_by_a_minority() -> None:
    one = Failure("a", "missing", "data/1", "2026-01-01", "")
    assert _gathered(one, one).kinds()[0].shared == ()
    strangers = [Failure(f"b{n}", "missing", "data/1", f"2026-02-{n}", "") for n in range(10)]
    assert _gathered(one, one, one, *strangers).kinds()[0].shared == ()


def test_the_most_frequent_kind_comes_first_and_a_quarter_of_a_million_stay_small() -> None:
    gathering = Gathering()
    for number in range(250_000):
        gathering.add(Failure(f"b{number}", "missing", f"data/{number}/x", "2026-01-01", ""))
    gathering.add(Failure("a", "mismatch", "data/1", "2026-01-01", ""))
    first, second = gathering.kinds()
    assert (first.code, first.number, first.bags, second.code) == (
        "missing",
        250_000,
        250_000,
        "mismatch",
    )
    assert first.shared == (Shared("sealed", "2026-01-01", 250_000),)
