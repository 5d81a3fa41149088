"""A bag's payload on the worksheet: as its own record tells, less what is removed, and more."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from archiver.errors import UsageError
from archiver.packaging.request import PayloadOf
from archiver.progress import Progress
from archiver.restoring.recorded import Recorded
from archiver.survey import Worksheet, judge_all_twins, survey_addition
from archiver.survey.rows import Row, new_row
from policies.admission import AdmissionRules
from policies.codes import RULES
from policies.facts import EntryFacts, Kind
from policies.verdicts import EntryVerdict, Reason

_PAGE = 1_000
_KINDS: dict[str, Kind] = {
    "symlink": "symlink", "fifo": "fifo", "socket": "socket", "device": "device",
}  # fmt: skip
_FOLDER_MODE = 0o755
_BILLION = 1_000_000_000


def apply_record(worksheet: Worksheet, record: Iterable[Recorded]) -> None:
    """Give every surveyed entry what was recorded of it when its bag was made.

    Times of folders, modes, links and the reasons given then; and the folders that a bag has
    no place for, being empty. (Times of files come later: what is staged is told by them.)
    Raises what reading the record raises.
    """
    entries = iter(record)
    while page := list(islice(entries, _PAGE)):
        rows, verdicts, facts = [], [], []
        for told in page:
            found = worksheet.entry(told.path) if told.path else None
            reasons = tuple(_reasons(told))
            if not told.path or (found is None and told.kind == "file"):
                continue  # the collection itself; or lost, which comparing the digests says
            if found is None:
                rows.append(_row(told, reasons))
            elif reasons:
                verdicts.append((told.path, found.verdict.also(reasons)))
            is_file = found is not None and found.kind == "file"
            mtime_ns = found.mtime_ns if found is not None and is_file else told.mtime_ns
            facts.append((told.path, mtime_ns, told.mode, told.links))
        with worksheet.together():
            worksheet.add_entries(rows)
            worksheet.rejudge(verdicts)
            worksheet.amend(facts)


def change(
    worksheet: Worksheet,
    payload: PayloadOf,
    rules: AdmissionRules,
    now: datetime,
    progress: Progress,
) -> None:
    """Take out what is removed and add what is added, each entry judged by ``rules``.

    Raises :class:`UsageError` for what is not there, or is there already.
    """
    for path in payload.remove:
        if not worksheet.drop(path):
            raise UsageError(
                f"the bag holds nothing at data/{path}",
                "archiver show BAG --files lists what it holds.",
            )
    for one in payload.add:
        _make_way(worksheet, one.target, now)
        survey_addition(one.place, one.target, rules, worksheet, progress)
    if payload.add:
        judge_all_twins(rules, worksheet)
    if not worksheet.totals().get("in") and "refused" not in worksheet.totals():
        raise UsageError(
            "nothing would be left in the bag", "A bag without payload is no version of it."
        )


def _make_way(worksheet: Worksheet, target: str, now: datetime) -> None:
    """See to it that ``target`` is free and lies in a folder; those that are missing are made."""
    if worksheet.entry(target) is not None:
        raise UsageError(
            f"the bag holds data/{target} already",
            f"To put another in its place, say --replace data/{target}=PATH.",
        )
    missing: dict[str, Row] = {}
    above = os.path.dirname(target)
    while above and (found := worksheet.entry(above)) is None:
        facts = EntryFacts(above, "directory", 0, _FOLDER_MODE)
        missing[above] = new_row(*os.path.split(above), facts, None, EntryVerdict("recorded"))
        above = os.path.dirname(above)
    if above and found is not None and found.kind != "directory":
        raise UsageError(
            f"data/{above} is a file, so nothing can lie in it", "Choose another place."
        )
    worksheet.add_entries(missing.values())
    moment = int(now.timestamp()) * _BILLION
    worksheet.amend((path, moment, _FOLDER_MODE, 1) for path in missing)


def _row(told: Recorded, reasons: tuple[Reason, ...]) -> Row:
    """Return the row of an entry that the payload has no place for: a folder, or not kept."""
    kind = _KINDS.get(told.kind, "directory" if told.kind == "directory" else "unknown")
    facts = EntryFacts(told.path, kind, 0, told.mode, told.links)
    above, _, name = told.path.rpartition("/")
    return new_row(above, name, facts, None, EntryVerdict("recorded", reasons))


def _reasons(told: Recorded) -> Iterator[Reason]:
    """Yield the reasons recorded, the detail taken out of the sentence again."""
    for code, level, sentence in told.why:
        if code not in RULES or level not in ("in", "warn"):
            continue
        before, _, after = RULES[code].sentence.partition("{detail}")
        fits = sentence.startswith(before) and sentence.endswith(after)
        detail = sentence[len(before) : len(sentence) - len(after)] if fits else ""
        yield Reason(code, "warn" if level == "warn" else "in", detail)
