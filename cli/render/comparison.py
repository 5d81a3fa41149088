"""How two recordings, or two collections, compare: for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field

from archiver.changes import Change, Changes
from archiver.compare import Basis, Comparison, Likeness
from archiver.compare_trees import Pair, Side
from archiver.state import State, worst
from cli.render.audio import VERDICTS, picture_text, value_text
from cli.render.json_lines import Record
from cli.render.text import Line, Tone, count

_MEANINGS = {
    Likeness.IDENTICAL: "every byte is the same",
    Likeness.SAME_ESSENCE: "the sound is the same; what stands around it changed",
    Likeness.SAME_PCM: "the same samples, coded or contained otherwise",
    Likeness.DIFFERENT: "the sound differs",
    Likeness.UNDECIDED: "whether they sound the same cannot be told from this; --decode may tell",
    Likeness.UNREADABLE: "could not be read",
}
_BASES = {
    Basis.BYTES: "all bytes (BLAKE3)",
    Basis.STREAM: "the coded sound, and what a decoder needs besides (BLAKE3)",
    Basis.PACKETS: "the coded sound (BLAKE3), not the headers beside it",
    Basis.PCM: "the samples of both files (MD5 and BLAKE3)",
    Basis.PCM_STATED: "the samples of one file with the MD5 the other states of itself",
    Basis.PCM_STATED_BY_BOTH: "the MD5 of the samples that each file states of itself",
    Basis.SHAPE: "sample rate and channels",
    Basis.HEADERS: "the coded sound is the same, but not what a decoder is told about it",
    Basis.NO_SOUND: "one of them has no sound whose place is known",
    Basis.NOTHING: "nothing that would decide it",
}
# In the order people want to read them; how each kind is called in a collection.
_KINDS = {
    Likeness.DIFFERENT: "the sound differs",
    Likeness.REMOVED: "removed",
    Likeness.UNREADABLE: "could not be read",
    Likeness.UNDECIDED: "undecided; --decode may tell",
    Likeness.SAME_PCM: "same samples, coded otherwise",
    Likeness.SAME_ESSENCE: "same sound, metadata changed",
    Likeness.OTHER_FILE: "changed, and no recording",
    Likeness.ADDED: "added",
}
_RECORDED = (
    "  by what both bags recorded when they were sealed; their tag manifests vouch for that",
    "  no payload was read: whether it still is what was recorded, archiver verify says",
)
_RENAMED = "renamed, byte for byte the same"
_AMISS = ("damaged", "structure")
_SHOWN, _KEYS_SHOWN = 3, 6


@dataclass(slots=True)
class Tally:
    """The pairs of two collections as they come: all counted, those that differ kept."""

    counts: dict[Likeness, int] = field(default_factory=dict)
    renamed: list[Pair] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)

    def take(self, pair: Pair) -> None:
        """Count one more pair."""
        self.counts[pair.likeness] = self.counts.get(pair.likeness, 0) + 1
        if pair.likeness is not Likeness.IDENTICAL:
            self.pairs.append(pair)
        elif pair.renamed:
            self.renamed.append(pair)

    @property
    def state(self) -> State:
        """The state all of them add up to."""
        return worst(likeness.state for likeness in self.counts)


def pair_record(pair: Pair) -> Record:
    """Return the JSON record of one pair of files."""
    record: dict[str, object] = {
        "type": "comparison",
        "old": pair.old,
        "new": pair.new,
        "likeness": pair.likeness.value,
        "renamed": pair.renamed,
        "state": pair.likeness.state.value,
        "message": pair.trouble,
    }
    found = pair.comparison
    if found is not None:
        record["basis"] = found.basis.value
        record["self_checks"] = list(found.self_checks)
        record["changes"] = asdict(found.changes)
    return record


def sum_record(sides: tuple[Side, Side], tally: Tally, recorded: bool) -> Record:
    """Return the JSON record that ends a comparison of collections."""
    old, new = sides
    return {
        "type": "compared",
        "old": old.root,
        "new": new.root,
        "by": "records" if recorded else "reading",
        "state": tally.state.value,
        "renamed": len(tally.renamed) + sum(pair.renamed for pair in tally.pairs),
        "counts": {likeness.value: tally.counts.get(likeness, 0) for likeness in Likeness},
    }


def two_files_lines(pair: Pair) -> Iterator[Line]:
    """Yield what a person wants to know of two files."""
    likeness = pair.likeness
    yield Line(f"{likeness.value}: {pair.old} and {pair.new}", _tone(likeness))
    yield Line(f"  {pair.trouble or _MEANINGS[likeness]}")
    found = pair.comparison
    if found is None:
        return
    yield Line(f"  compared: {_BASES[found.basis]}")
    if likeness is not Likeness.UNREADABLE and found.basis is not Basis.BYTES:
        yield from _own_checks(found)
        yield from _change_lines(found.changes)


def collection_lines(
    sides: tuple[Side, Side], tally: Tally, every: bool, recorded: bool
) -> Iterator[Line]:
    """Yield the sum of two collections in about a dozen lines, or ``every`` change.

    ``recorded``: it rests on what two bags recorded.
    """
    same = tally.counts.get(Likeness.IDENTICAL, 0)
    heads = {
        State.SOUND: ("nothing is missing, and no sound differs", Tone.GOOD),
        State.INCOMPLETE: ("not all could be compared; what could be is there", Tone.BAD),
    }
    head, tone = heads.get(tally.state, ("sound differs or something is missing", Tone.BAD))
    yield Line(head, tone)
    for label, side in zip(("old", "new"), sides, strict=True):
        files = count(len(side.places), "file")
        yield Line(f"  {label}: {side.path} ({files}{' of its payload' if side.is_bag else ''})")
    yield from map(Line, _RECORDED if recorded else ())
    yield Line(f"  {count(same, 'file')} identical")
    if tally.renamed:
        yield from _group(_RENAMED, tally.renamed, every, Tone.PLAIN)
    for likeness, words in _KINDS.items():
        pairs = [pair for pair in tally.pairs if pair.likeness is likeness]
        if pairs:
            yield from _group(words, pairs, every, _tone(likeness))


def _group(words: str, pairs: Sequence[Pair], every: bool, tone: Tone) -> Iterator[Line]:
    yield Line(f"  {words}: {len(pairs):,}", tone)
    for pair in pairs if every else pairs[:_SHOWN]:
        yield Line(f"    {_name(pair)}{_remark(pair)}")
        if every and pair.comparison is not None:
            for line in _change_lines(pair.comparison.changes):
                yield Line(f"    {line.text}", line.tone)
    if not every and len(pairs) > _SHOWN:
        yield Line(f"    and {len(pairs) - _SHOWN:,} more (--all shows them)", Tone.FAINT)


def _name(pair: Pair) -> str:
    if pair.renamed:
        return f"{pair.old} -> {pair.new}"
    return pair.new or pair.old or ""


def _remark(pair: Pair) -> str:
    """Return the shortest useful word on a pair: what is wrong, or which keys changed."""
    if pair.trouble:
        return f": {pair.trouble}"
    found = pair.comparison
    if found is None or pair.likeness is Likeness.OTHER_FILE:
        return ""
    if pair.likeness is not Likeness.SAME_ESSENCE:
        return f": {_BASES[found.basis]}"
    keys = list(dict.fromkeys(change.key for change in found.changes.keys))
    if found.changes.pictures_added or found.changes.pictures_removed:
        keys.append("pictures")
    more = f" and {len(keys) - _KEYS_SHOWN:,} more" if len(keys) > _KEYS_SHOWN else ""
    return f": {', '.join(keys[:_KEYS_SHOWN])}{more}" if keys else ""


def _own_checks(found: Comparison) -> Iterator[Line]:
    """Yield what a file's own checksums have against it."""
    for label, verdict in zip(("old", "new"), found.self_checks, strict=True):
        if verdict in _AMISS:
            yield Line(f"  {label} by itself: {verdict}: {VERDICTS[verdict]}", Tone.BAD)


def _change_lines(changes: Changes) -> Iterator[Line]:
    yield from map(_key_line, changes.keys)
    for picture in changes.pictures_removed:
        yield Line(f"  picture removed: {picture_text(picture)}")
    for picture in changes.pictures_added:
        yield Line(f"  picture added: {picture_text(picture)}")
    if changes.blocks:
        yield Line(f"  blocks changed: {', '.join(changes.blocks)}", Tone.FAINT)
    if changes == Changes():
        yield Line("  no tag, picture or listed block differs, only how the file is laid out")
    if not changes.complete:
        yield Line("  the tags of one file could not be listed; more may differ", Tone.WARNING)


def _key_line(change: Change) -> Line:
    return Line(f"  {change.system} {change.key}: {_values(change.old)} -> {_values(change.new)}")


def _values(values: Sequence[object]) -> str:
    return "; ".join(map(value_text, values)) if values else "(none)"


def _tone(likeness: Likeness) -> Tone:
    if likeness.state is not State.SOUND:
        return Tone.BAD
    good = (Likeness.IDENTICAL, Likeness.SAME_ESSENCE, Likeness.SAME_PCM)
    return Tone.GOOD if likeness in good else Tone.PLAIN
