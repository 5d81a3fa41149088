"""What one run of re-verification takes on.

Whatever is due first comes first, however late it is; nothing is drawn at random, so nothing is
ever left out. (Schedulers that draw at random, or ask only for what became due lately, leave part
of a collection unread for ever.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from policies.cadence import History

_MISFITS = 1_000  # bags in a row that do not fit, after which the budget counts as used up


def chosen(
    failing: Iterable[History], waiting: Iterable[History], budget: int | None = None
) -> Iterator[History]:
    """Yield what a run takes on, in the order in which it should be read.

    ``failing`` are bags in which something was found, the longest unread first; ``waiting`` all
    bags worth reading, the first due first, failing ones among them. Both are drawn from lazily.
    ``budget`` is bytes, ``None`` for no limit.

    Failing bags come first, with at most half of the budget and only with what the bag that is
    due first leaves of it: they must not keep sound ones from being read. Then comes what is due,
    in turn; what does not fit is passed over for what does. A bag larger than the whole budget is
    read, alone, when it is the one that is due first; only then is the budget exceeded.
    """
    queue = iter(waiting)
    head = next(queue, None)
    taken: set[str] = set()
    used = 0
    for history in failing:
        if _fits(used, history.bytes, _share_of_failing(budget, head)):
            taken.add(history.bag)
            used += history.bytes
            yield history
    misfits = 0
    for history in chain([head] if head else [], queue):
        if history.bag in taken:
            continue
        if history is not head and not _fits(used, history.bytes, budget):
            misfits += 1
            if misfits >= _MISFITS or (budget is not None and used >= budget):
                return
            continue
        misfits = 0
        used += history.bytes
        yield history


def _fits(used: int, more: int, budget: int | None) -> bool:
    return budget is None or used + more <= budget


def _share_of_failing(budget: int | None, head: History | None) -> int | None:
    if budget is None:
        return None
    return max(0, min(budget // 2, budget - (head.bytes if head else 0)))
