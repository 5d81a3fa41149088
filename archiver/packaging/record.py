"""Recording what was done: the log first, which is the truth; then the catalogue."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from blake3 import blake3

from archiver.archive import Archive
from archiver.catalogue import Catalogue, bag_row_from, file_rows_from
from archiver.clock import Clock
from archiver.events import Agent, Event, EventLog
from archiver.events.kept_tree import checkpoint_now
from archiver.events.signing import SigningKey, signed
from archiver.packaging.lineage import versions_before
from archiver.packaging.outcome import Remark
from archiver.packaging.seal import tag_manifest_digest
from archiver.rebuild import catch_up
from archiver.survey import ReasonCount

FIRST_OFFENDERS = 3
"""Places that an event names of each code; the report of the run names all."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Who writes, into which archive's books, by which clock; ``key`` signs checkpoints."""

    archive: Archive
    catalogue: Catalogue
    clock: Clock
    agent: Agent
    key: SigningKey | None = None

    def log_so_far(self) -> bytes:
        """Return what stands for the whole log as it is now, as it goes into a new bag.

        The writer's lock must be held. Raises what :meth:`archiver.events.EventLog.head` raises.
        """
        log = EventLog(self.archive.log, self.clock)
        point = checkpoint_now(log, self.archive.identity, self.archive.log_tree)
        return signed(point, self.key, self.clock()).form().encode()

    def packaged(self, bag_id: str, detail: dict[str, object]) -> None:
        """Record that an accession is staged as ``bag_id``, before the bag is visible.

        An event without its effect is harmless, an effect without an event is not.
        """
        self.catalogue.index_event(self._log("package", bag_id, "success", detail))

    def refused(self, detail: dict[str, object]) -> None:
        """Record that a source stayed out, and why: :func:`refusal_detail`."""
        self.catalogue.index_event(self._log("package", None, "refused", detail))

    def sealed(self, bag_id: str, detail: dict[str, object]) -> None:
        """Record that the bag is visible, and enter it in the catalogue."""
        event = self._log("seal", bag_id, "success", detail)
        self.enter(bag_id, event)

    def enter(self, bag_id: str, event: Event) -> None:
        """Enter a bag and the event that sealed it in the catalogue."""
        place = self.archive.bag_path(bag_id)
        self.catalogue.record_bag(bag_row_from(place, event), file_rows_from(place), event)

    def recovered(self, bag_id: str | None, outcome: str, detail: dict[str, object]) -> None:
        """Record what was done about a crash."""
        self.catalogue.index_event(self._log("recover", bag_id, outcome, detail))

    def _log(self, kind: str, bag_id: str | None, outcome: str, detail: dict[str, object]) -> Event:
        log = EventLog(self.archive.log, self.clock)
        event = log.append(kind, bag=bag_id, outcome=outcome, detail=detail, agent=self.agent)
        last = self.catalogue.last_event()
        if last is None or last.seq + 1 != event.seq:  # somebody verified a bag meanwhile
            catch_up(self.archive, self.catalogue)
        return event


def package_detail(bag: Path, warnings: Mapping[str, int]) -> dict[str, object]:
    """Return what the "package" event says of an accession, from the staged bag."""
    rights = json.loads((bag / "metadata/rights.json").read_bytes())
    decided = {
        "as_of": rights["as_of"],
        "answers": [
            {key: answer[key] for key in ("count", "number", "statements")}
            for answer in rights["answers"]
        ],
        "rights_file_sha256": rights["rights_file_sha256"],
    }
    return {**_described(bag), "rights": decided, "warnings": dict(warnings)}


def refusal_detail(
    source_name: str, policy: bytes, remarks: Iterable[Remark], reasons: Iterable[ReasonCount]
) -> dict[str, object]:
    """Return what the "package" event says of a source that stayed out.

    Of each code how many entries it is about and, for what refuses, the first few of them: an
    event stays small however many offenders there are.
    """
    refused: Counter[str] = Counter()
    first: dict[str, list[str]] = {}
    for remark in remarks:
        code = remark.reason.code
        if remark.reason.level != "refuse":
            continue
        refused[code] += 1
        if len(places := first.setdefault(code, [])) < FIRST_OFFENDERS and remark.path is not None:
            places.append(os.fsencode(remark.path).decode("utf-8", "backslashreplace"))
    return {
        "first": {code: places for code, places in first.items() if places},
        "policy_digest": hashlib.sha256(policy).hexdigest(),
        "refused": dict(refused),
        "source_name": source_name,
        "warnings": {one.code: one.entries for one in reasons if one.level == "warn"},
    }


def seal_detail(bag: Path, read_back: Mapping[str, int]) -> dict[str, object]:
    """Return what the "seal" event says of a bag, all of it from the bag itself.

    So the event is the same whether the run that sealed the bag writes it or, after a crash,
    another one. ``docs/formats/event-log.md`` lists the keys.
    """
    rights = json.loads((bag / "metadata/rights.json").read_bytes())
    return {
        **_described(bag),
        **_superseding(bag),
        "bag_version": "1.0",
        "basis": rights["basis"],
        "read_back": dict(read_back),
        "tag_manifest_digest": tag_manifest_digest(bag),
    }


def _superseding(bag: Path) -> dict[str, object]:
    versions = versions_before(bag)
    if not versions:
        return {}
    last = versions[-1]
    about = {"bag": last.bag, "tag_manifest_digest": last.tag_manifest_sha512}
    return {"supersedes": {**about, "reason": last.reason}}


def _described(bag: Path) -> dict[str, object]:
    with open(bag / "metadata/source.jsonl", "rb") as lines:
        source = json.loads(lines.readline())
    return {
        "payload_bytes": source["bytes"],
        "payload_digest": _digest_of(bag / "fixity/blake3.txt"),
        "payload_files": source["files"],
        "policy_digest": hashlib.sha256((bag / "policy.toml").read_bytes()).hexdigest(),
        "source_name": source["name"],
    }


def _digest_of(place: Path) -> str:
    whole = blake3()
    with open(place, "rb") as file:
        while piece := file.read(1 << 20):
            whole.update(piece)
    return whole.hexdigest()
