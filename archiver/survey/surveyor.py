"""The survey: every entry of a source gets a verdict before the first byte is written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace

from archiver.progress import Progress
from archiver.survey.entry import Entry, ReasonCount, Total
from archiver.survey.look import Eyes, look_at, look_at_source, unseen, unseen_source
from archiver.survey.rows import Row, new_row
from archiver.survey.walk import Descent, chunks
from archiver.survey.worksheet import Worksheet
from policies.admission import AdmissionRules, judge_entry, judge_source, judge_twins
from policies.facts import EntryFacts, SourceFacts
from policies.verdicts import EntryVerdict, Reason, Standing


@dataclass(frozen=True, slots=True)
class SurveyOutcome:
    """What the survey came to; the entries themselves are in the worksheet.

    ``source_reasons`` are about the source as a whole; one that refuses stands against it.
    ``totals`` and ``reasons`` count the entries by standing and by reason.
    """

    source: str
    source_reasons: tuple[Reason, ...]
    totals: dict[Standing, Total]
    reasons: tuple[ReasonCount, ...]

    def judged_again(self, worksheet: Worksheet, more: tuple[Reason, ...] = ()) -> SurveyOutcome:
        """Return the outcome after entries were judged again; ``more`` are about the source.

        Reasons about the source as a whole are counted once each.
        """
        whole = (*self.source_reasons, *more)
        counts = (ReasonCount(reason.code, reason.level, 1) for reason in whole)
        reasons = (*worksheet.reason_counts(), *counts)
        return SurveyOutcome(self.source, whole, worksheet.totals(), reasons)

    @property
    def admitted(self) -> Total:
        """The files that come into the payload, and their bytes."""
        return self.totals.get("in", Total())

    @property
    def refused(self) -> bool:
        """Whether the source must stay out, for its own sake or an entry's."""
        against = any(reason.level == "refuse" for reason in self.source_reasons)
        return against or "refused" in self.totals


def survey(
    root: str,
    rules: AdmissionRules,
    worksheet: Worksheet,
    progress: Progress,
    *,
    keep_bag: bool = False,
) -> SurveyOutcome:
    """Walk the folder ``root``, judge every entry by ``rules``, and fill the worksheet anew.

    ``keep_bag`` keeps a source that is itself a bag, whole, as payload. Nothing in the source
    is opened but folders. What cannot be looked at is a reason, not an exception: raises only
    ``sqlite3.Error``, when the worksheet cannot be written. Then, as when the process dies,
    the worksheet is as it was before; else it holds ``root`` under the key ``surveyed``.
    """
    root = root.rstrip("/") or "/"  # a slash at the end would follow a link
    facts = look_at_source(root)
    progress.begin("surveying", None, None)
    with worksheet.together():
        worksheet.clear()
        if not judge_source(facts, keep_bag=keep_bag):
            try:
                with Descent(root) as descent:
                    facts = _Surveyor(descent, rules, worksheet, progress).run(facts)
            except OSError as error:
                facts = unseen_source(error)
        worksheet.put("surveyed", root)
    progress.end()
    reasons = judge_source(facts, keep_bag=keep_bag)
    return SurveyOutcome(root, reasons, worksheet.totals(), worksheet.reason_counts())


def survey_addition(
    place: str, target: str, rules: AdmissionRules, worksheet: Worksheet, progress: Progress
) -> None:
    """Add the file or folder ``place`` to the worksheet as ``target``, each entry judged.

    What cannot be looked at is a reason there. Raises ``sqlite3.Error``, for a path that is
    there already too.
    """
    facts, status = look_at(place, target)
    above, _, name = target.rpartition("/")
    verdict = judge_entry(facts, rules)
    with worksheet.together():
        worksheet.add_entries([new_row(above, name, facts, status, verdict)])
        if facts.kind != "directory" or verdict.standing == "refused":
            return
        try:
            with Descent(place) as descent:
                _Surveyor(descent, rules, worksheet, progress, target).walk()
        except OSError as error:
            unseen_now = unseen(target, "directory", error)._replace(mode=facts.mode)
            worksheet.rejudge([(target, judge_entry(unseen_now, rules))])


def judge_all_twins(rules: AdmissionRules, worksheet: Worksheet) -> None:
    """Give every name of the worksheet that is hard to tell from another its reasons."""
    with worksheet.together():
        for changes in _twins(rules, worksheet):
            worksheet.rejudge(changes)


class _Surveyor:
    """One walk through one source. The worksheet itself is the list of folders to visit.

    ``above`` is what stands before each path in the worksheet.
    """

    def __init__(
        self,
        descent: Descent,
        rules: AdmissionRules,
        worksheet: Worksheet,
        progress: Progress,
        above: str = "",
    ) -> None:
        self._descent = descent
        self._rules = rules
        self._worksheet = worksheet
        self._progress = progress
        self._above = above
        self._eyes = Eyes()
        self._files = 0

    def run(self, source: SourceFacts) -> SourceFacts:
        """Survey everything; return the source's facts and what was seen.

        Raises ``OSError`` when the source itself cannot be listed.
        """
        self.walk()
        for changes in _twins(self._rules, self._worksheet):
            self._worksheet.rejudge(changes)
        return replace(source, files=self._files)

    def walk(self) -> None:
        """Add everything to the worksheet. Raises ``OSError`` as :meth:`run` does."""
        top = f"{self._above}/" if self._above else ""
        if not self._visit(self._above) and self._above:
            facts = EntryFacts(self._above, "directory", 0, 0o755, empty=True)
            self._worksheet.rejudge([(self._above, judge_entry(facts, self._rules))])
        folder = self._worksheet.next_folder(top)
        while folder is not None and folder.path.startswith(top):
            if "path-too-long" not in folder.codes:
                self._survey_folder(folder)
            folder = self._worksheet.next_folder(folder.path)

    def _survey_folder(self, folder: Entry) -> None:
        """Visit a folder, and judge it again when the visit showed something about it."""
        facts = EntryFacts(folder.path, "directory", folder.size, folder.mode, empty=True)
        try:
            if self._visit(folder.path):
                return
        except OSError as error:
            facts = unseen(folder.path, "directory", error)._replace(mode=folder.mode)
        self._worksheet.rejudge([(folder.path, judge_entry(facts, self._rules))])

    def _visit(self, folder: str) -> int:
        """Add the entries of one folder; return how many there are. Raises ``OSError``."""
        n_entries = 0
        fd = self._descent.folder(folder[len(self._above) :].lstrip("/"))
        for chunk in chunks(fd):
            self._worksheet.add_entries(self._judged(folder, fd, chunk))
            n_entries += len(chunk)
        return n_entries

    def _judged(self, folder: str, fd: int, chunk: list[os.DirEntry[str]]) -> Iterator[Row]:
        """Yield a row of the worksheet for each entry, in the order given."""
        look, rules = self._eyes.look, self._rules
        prefix = f"{folder}/" if folder else ""
        n_bytes = n_files = 0
        for entry in chunk:
            name = entry.name
            facts, status = look(entry, prefix + name, fd)
            if facts.kind == "file":
                n_files += 1
                n_bytes += facts.size
            yield new_row(folder, name, facts, status, judge_entry(facts, rules))
        self._files += n_files
        self._progress.advance(n_bytes, n_files)


def _twins(rules: AdmissionRules, worksheet: Worksheet) -> Iterator[list[tuple[str, EntryVerdict]]]:
    """Yield new verdicts for the names of a folder that are hard to tell apart."""
    for alike in worksheet.alike():
        folders: dict[str, dict[str, Entry]] = {}
        for entry in alike:
            folder, _, name = entry.path.rpartition("/")
            folders.setdefault(folder, {})[name] = entry
        for entries in folders.values():
            judged = judge_twins(entries, rules)
            yield [
                (entries[name].path, entries[name].verdict.also(reasons))
                for name, reasons in judged.items()
            ]
