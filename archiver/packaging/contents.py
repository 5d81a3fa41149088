"""Step 3 once more: what the files hold, judged before the first byte is copied.

The head of every file is read, because protection and format are told by bytes and never by
names. Recordings are read further, in limited workers, only when the policy asks for more.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

from archiver.audio.formats import FORMATS, misnamed
from archiver.audio.protection import find_protection, may_be_protected
from archiver.audio.sniff import sniff
from archiver.audio.source import Source, identify
from archiver.audio.tags import TagReader
from archiver.progress import Progress
from archiver.survey import SurveyOutcome, Worksheet
from archiver.tree import Tree
from policies.content import ContentRules, Depth, FileFacts, judge_bag, judge_file
from policies.verdicts import EntryVerdict, Reason

_HEAD = 4096
_BATCH = 500
_WORTH_A_WORKER = 500  # recordings; starting a process costs as much as reading so many
_EXTENSIONS = tuple(sorted({name for row in FORMATS.values() for name in row.extensions}))


@dataclass(frozen=True, slots=True)
class Contents:
    """The survey with the judgement on contents added to it.

    ``formats`` counts the files by format id (``None``: no recording); ``unread`` are those that
    could not be opened or read, which says nothing about them.
    """

    seen: SurveyOutcome
    formats: Counter[str | None]
    unread: tuple[str, ...]


def judge_contents(
    seen: SurveyOutcome,
    rules: ContentRules,
    worksheet: Worksheet,
    progress: Progress,
    about_the_bag: tuple[Reason, ...] = (),
    *,
    count_formats: bool = False,
    opening: Callable[[], Tree] | None = None,
) -> Contents:
    """Judge the content of every admitted file; the worksheet then holds those reasons too.

    ``about_the_bag`` are reasons about the source as a whole, known already. ``count_formats``
    tells every file's format even where no rule asks for it. ``opening`` opens a source that is
    more than one folder. What cannot be read
    keeps its verdict: whoever copies it will say so. Raises
    :class:`archiver.errors.EnvironmentUnusable` when workers cannot be run.
    """
    about_the_bag = (*about_the_bag, *judge_bag(seen.admitted.bytes, rules))
    sniffing = count_formats or rules.depth > Depth.MARKS
    look = _Look(rules, worksheet, progress, sniffing)
    if seen.admitted.entries:
        progress.begin("looking into files", None, seen.admitted.entries)
        if (tree := _opened(opening or partial(Tree, seen.source))) is not None:
            with tree:
                look.run(tree, seen.admitted.entries)
        progress.end()
    judged = seen.judged_again(worksheet, about_the_bag)
    return Contents(judged, look.formats, tuple(look.unread))


def _opened(opening: Callable[[], Tree]) -> Tree | None:
    """Open the source; ``None`` when it is gone, which whoever copies it will say."""
    try:
        return opening()
    except OSError:
        return None


@dataclass(slots=True)
class _Look:
    """One way over the admitted files, in order; verdicts are written a few hundred at a time."""

    rules: ContentRules
    worksheet: Worksheet
    progress: Progress
    sniffing: bool
    formats: Counter[str | None] = field(default_factory=Counter)
    unread: list[str] = field(default_factory=list)
    _changes: list[tuple[str, EntryVerdict]] = field(default_factory=list)

    def run(self, tree: Tree, files: int) -> None:
        """Look at every file, as deep as the rules need."""
        if self.rules.depth < Depth.RECORD:
            for facts in self._facts(tree):
                self._judge(facts)
        else:
            self._with_records(tree, files)
        self._write(0)

    def _with_records(self, tree: Tree, files: int) -> None:
        workers = min(os.cpu_count() or 1, 1 + files // _WORTH_A_WORKER)
        with TagReader(workers) as reader:
            for facts, record in reader.read_many(self._recordings(tree)):
                if record.get("problem", {}).get("code") == "audio-unreadable":
                    self.unread.append(facts.path)
                else:
                    self._judge(replace(facts, record=record))

    def _recordings(self, tree: Tree) -> Iterator[tuple[FileFacts, str]]:
        """Yield what must be read further; judge the rest on the way."""
        for facts in self._facts(tree):
            if facts.format is None or facts.protection is not None:
                self._judge(facts)
            else:
                yield facts, tree.place(facts.path)

    def _facts(self, tree: Tree) -> Iterator[FileFacts]:
        for path, size in self.worksheet.file_sizes():
            try:
                facts = _facts_of(tree, path, size, self.sniffing)
            except OSError:
                self.unread.append(path)
                continue
            self.formats[facts.format] += 1
            self.progress.advance(0, 1)
            yield self._with_neighbours(facts)

    def _with_neighbours(self, facts: FileFacts) -> FileFacts:
        """Return the facts with what lies beside the file, where the policy asks for that."""
        sidecar = self.rules.policy.metadata.sidecar
        if not sidecar:
            return facts
        stem, dot, extension = facts.path.rpartition(".")
        if facts.format is not None:
            there = bool(dot) and self._is_there(f"{stem}.{sidecar}")
            return replace(facts, described=there)
        if extension.lower() != sidecar:
            return facts
        names = (form for name in _EXTENSIONS for form in (name, name.upper()))
        return replace(facts, alone=not any(self._is_there(f"{stem}.{name}") for name in names))

    def _is_there(self, path: str) -> bool:
        entry = self.worksheet.entry(path)
        return entry is not None and entry.kind == "file"

    def _judge(self, facts: FileFacts) -> None:
        if reasons := judge_file(facts, self.rules):
            verdict = self.worksheet.verdict(facts.path).also(reasons)
            self._changes.append((facts.path, verdict))
            self._write(_BATCH)

    def _write(self, limit: int) -> None:
        if len(self._changes) > limit:
            self.worksheet.rejudge(self._changes)
            self._changes = []


def _facts_of(tree: Tree, path: str, size: int, sniffing: bool) -> FileFacts:
    """Return what the head of a file tells. Raises ``OSError``."""
    fd = tree.open_file(path)
    try:
        head = os.pread(fd, _HEAD, 0)
        protection = find_protection(Source(fd), head) if may_be_protected(head) else None
        if not sniffing:
            return FileFacts(path, size, protection=protection)
        # Behind a tag or zeros the head shows nothing; whoever looks further needs the file.
        hidden = head.startswith(b"ID3") or (head and not head.strip(b"\0"))
        format_id = identify(Source(fd))[0] if hidden else sniff(head)
    finally:
        os.close(fd)
    words = misnamed(path.rpartition("/")[2], format_id)
    return FileFacts(path, size, format_id, words, protection)
