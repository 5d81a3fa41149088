"""Rights in packaging: each file's answer before the first byte is copied."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from itertools import islice

from archiver.audio.tags import TagReader
from archiver.packaging.request import PackageRequest
from archiver.progress import Progress
from archiver.rights import RightsInForce, load_rights, rights_kept_in
from archiver.rights.embedded import isrcs_in
from archiver.survey import SurveyOutcome, Worksheet
from policies.rights import judge_rights
from policies.rights.commands import Circumstances, judge_command
from policies.rights.decide import Answer, Question
from policies.rights.effective import Answering, Group
from policies.verdicts import EntryVerdict, Reason

_PAGE = 500


def rights_of(request: PackageRequest) -> RightsInForce | None:
    """Return what was said of the rights in the request's source.

    Raises :class:`~archiver.errors.UsageError` for a rights file that cannot be used.
    """
    payload = request.payload_of
    if payload is not None and payload.supersedes and not (request.rights or request.rights_file):
        return rights_kept_in(payload.bag, request.source)
    return load_rights(request.source, request.rights, request.rights_file)


def rights_missing_or_wrong(
    request: PackageRequest, accepted: tuple[str, ...]
) -> tuple[Reason, ...]:
    """Return what stands against the source for its rights' sake, before it is surveyed."""
    rights = rights_of(request)
    reasons = judge_rights(None) if rights is None else rights.reasons(accepted)
    return tuple(reason for reason in reasons if reason.level == "refuse")


class FileRights:
    """The answers for the files of one source, on one day."""

    def __init__(
        self,
        rights: RightsInForce,
        as_of: date,
        worksheet: Worksheet,
        place: Callable[[str], str] | None = None,
    ) -> None:
        """``place`` tells where a path of the worksheet lies, if not below the source."""
        self.rights, self.as_of, self._place = rights, as_of, place
        self._worksheet = worksheet
        self._answering = Answering(rights.book, as_of)

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups of files with the same answers, by number."""
        return self._answering.groups

    def group(self, path: str) -> Group:
        """Return the group of the file at ``path``, relative to the source."""
        if not self._answering.needs_isrc:
            return self._answering.group(path)
        return self._answering.group(path, self._worksheet.get(_isrc_key(path)) or ())

    @property
    def limits_copies(self) -> bool:
        """Whether some statement in force says how many copies there may be."""
        return any(
            case.max_copies is not None
            for statement in self.rights.book.statements
            if (grant := statement.acts.get("replicate")) is not None
            for case in grant.cases
        )

    def judge_copies(self, seen: SurveyOutcome, copies: int) -> SurveyOutcome:
        """Refuse, in the worksheet, every file of which ``copies`` would be too many."""
        known = Circumstances(copies=copies)
        answers: dict[int, Answer] = {}

        def answer(group: Group) -> Answer:
            if group.number not in answers:
                question = Question("replicate", self.as_of, layers=group.layers)
                found = judge_command("package", group.statements, question, known)
                answers[group.number] = found
            return answers[group.number]

        self._refuse(answer)
        return seen.judged_again(self._worksheet)

    def judge(
        self, seen: SurveyOutcome, accepted: tuple[str, ...], progress: Progress
    ) -> SurveyOutcome:
        """Refuse, in the worksheet, every file that may not be kept; return what it came to.

        Files are opened only where a statement asks for the ISRC embedded in them.
        """
        if not seen.admitted.entries:
            return seen
        if self._answering.needs_isrc:
            self._note_isrcs(seen.source, progress)
        self._refuse(lambda group: group.keeping)
        return seen.judged_again(self._worksheet, tuple(self.rights.reasons(accepted)))

    def _refuse(self, answering: Callable[[Group], Answer]) -> None:
        changes = self._changes(answering)
        with self._worksheet.together():
            while page := list(islice(changes, _PAGE)):
                self._worksheet.rejudge(page)

    def _changes(self, answering: Callable[[Group], Answer]) -> Iterator[tuple[str, EntryVerdict]]:
        for path in self._worksheet.file_paths():
            answer = answering(self.group(path))
            if not answer.allowed:
                yield path, self._worksheet.verdict(path).also(answer.reasons)

    def _note_isrcs(self, source: str, progress: Progress) -> None:
        """Remember the codes embedded in the files that have any."""
        place = self._place or partial(os.path.join, source)
        places = ((path, place(path)) for path in self._worksheet.file_paths())
        progress.begin("reading codes", None, None)
        with TagReader(os.cpu_count() or 1) as reader:
            for path, record in reader.read_many(places):
                progress.advance(0, 1)
                if codes := isrcs_in(record):
                    self._worksheet.put(_isrc_key(path), codes)
        progress.end()


def _isrc_key(path: str) -> str:
    return f"isrc:{path}"
