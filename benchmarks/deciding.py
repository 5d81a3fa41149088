"""What the judgement itself costs: facts about many files in, decisions with reasons out.

Nothing is read: the facts are made up, so that the policies are measured and not the disk.
"""

from __future__ import annotations

import resource
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from benchmarks.contestants import python
from benchmarks.measure import run
from benchmarks.tables import Aim, Row, Table
from policies.admission import AdmissionRules, judge_entry
from policies.content import ContentRules, FileFacts, judge_file
from policies.facts import EntryFacts
from policies.policy import builtin, read_policy
from policies.rights import RightsBook, Statement
from policies.rights.effective import Answering
from policies.rights.model import ALLOW

POLICIES = ("library", "fadgi", "radio")
RIGHTS = {"rights by folder": "series {n:03}/**", "rights by pattern": "**/tape {n:03}*"}
_STATEMENTS = 20
_SECONDS, _GROWTH_MB = 10.0, 20.0
_FEW = 1_000


def deciding(files: int, rounds: int) -> Table:
    """Measure the CPU seconds and the memory of deciding about ``files`` recordings."""
    rows, aims = [], []
    for name in (*POLICIES, *RIGHTS):
        few = run(python("benchmarks.deciding", name, str(_FEW)))
        costs = [run(python("benchmarks.deciding", name, str(files))) for _ in range(rounds)]
        cpu = statistics.median(cost.cpu for cost in costs)
        peak = statistics.median(cost.peak for cost in costs)
        wall = statistics.median(cost.wall for cost in costs)
        rows.append(Row(f"by {name}", wall, cpu, peak, tuple(cost.wall for cost in costs)))
        aims.append(Aim(f"{name}: CPU seconds", cpu, _SECONDS, " s"))
        aims.append(Aim(f"{name}: growth", (peak - few.peak) / 1e6, _GROWTH_MB, " MB"))
    title = f"about {files:,} recordings: entry and content, or rights"
    return Table("deciding", title, tuple(rows), tuple(aims))


def decide(name: str, files: int) -> Counter[str]:
    """Decide about ``files`` files by a built-in policy, and count the reasons by code."""
    policy = read_policy(builtin(name))
    rules, admission = ContentRules.of(policy), AdmissionRules.default()
    counts: Counter[str] = Counter()
    for entry, facts in _facts(files):
        verdict = judge_entry(entry, admission).also(judge_file(facts, rules))
        counts.update(reason.code for reason in verdict.reasons)
    return counts


def decide_rights(pattern: str, files: int) -> Counter[str]:
    """Decide under twenty statements what may be done with ``files`` files."""
    statements = tuple(
        Statement(f"R-{n}", "license", (pattern.format(n=n),), acts={"replicate": ALLOW})
        for n in range(_STATEMENTS)
    )
    answering = Answering(RightsBook(statements), date(2026, 1, 1))
    return Counter(
        reason.code
        for entry, _ in _facts(files)
        for reason in answering.group(entry.path).keeping.reasons
    )


def _facts(files: int) -> Iterator[tuple[EntryFacts, FileFacts]]:
    for number in range(files):
        path = f"series {number // 1000:03}/tape {number:06}.wav"
        yield (
            EntryFacts(path, "file", 50_000_000, 0o100644, 1, 50_003_968),
            FileFacts(path, 50_000_000, "wav", record=_record(number)),
        )


def _record(number: int) -> dict[str, Any]:
    """Return a record of a transfer; one in ten has a fault."""
    odd = number % 10 == 0
    return {
        "format": "wav",
        "facts": {
            "codec": "pcm",
            "mode": "constant",
            "sample_rate": 48_000 if odd else 96_000,
            "bit_depth": 16 if odd else 24,
            "channels": 2,
        },
        "blocks": [{"id": name} for name in ("fmt ", "bext", "LIST", "data")],
        "embedded": {
            "bext": {
                "version": 1,
                "description": f"Tape {number}",
                "originator": "US, Our Archive",
                "originator_reference": f"USOUR{number:012}120000123456789",
                "origination_date": "2024-05-01",
                "origination_time": "12:00:00",
                "coding_history": "A=ANALOGUE,M=stereo,T=A810\r\nA=PCM,F=96000,W=24,M=stereo\r\n",
            }
        },
        "tags": [{"system": "riff-info", "key": "IARL", "values": ["US, Our Archive"]}],
        "view": {"title": [f"Tape {number}"]},
    }


def main(name: str, files: str) -> None:
    """Decide, as a process of its own, and say what it came to."""
    begun = time.process_time()
    counts = decide_rights(RIGHTS[name], int(files)) if name in RIGHTS else decide(name, int(files))
    seconds = time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{seconds:.2f} s, {peak} MB, {sum(counts.values()):,} reasons")  # noqa: T201


if __name__ == "__main__":
    import sys

    main(*sys.argv[1:])
