"""What was measured, as tables for people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

from benchmarks.measure import Costs, median_cpu, median_peak, median_wall


@dataclass(frozen=True, slots=True)
class Row:
    """One contestant's medians: seconds, CPU seconds, peak bytes; and every round's seconds."""

    name: str
    wall: float
    cpu: float
    peak: float
    rounds: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Aim:
    """A figure held against what it should be at most."""

    what: str
    value: float
    at_most: float
    unit: str = ""

    @property
    def met(self) -> bool:
        """Whether it is."""
        return self.value <= self.at_most


@dataclass(frozen=True, slots=True)
class Table:
    """One benchmark's findings; ``missing`` says what could not be measured, and why."""

    name: str
    title: str
    rows: tuple[Row, ...] = ()
    aims: tuple[Aim, ...] = ()
    missing: tuple[str, ...] = field(default=())


def rows_of(costs: Costs) -> tuple[Row, ...]:
    """Return the medians of each contestant."""
    return tuple(
        Row(
            name,
            median_wall(each),
            median_cpu(each),
            median_peak(each),
            tuple(cost.wall for cost in each),
        )
        for name, each in costs.items()
    )


def ratio(rows: Iterable[Row], ours: str, theirs: str, at_most: float, by: str = "wall") -> Aim:
    """Return how one contestant's median stands to another's, by wall clock or by CPU."""
    of = {row.name: getattr(row, by) for row in rows}
    label = f"{ours} / {theirs}" + (" (CPU)" if by == "cpu" else "")
    return Aim(label, of[ours] / of[theirs], at_most)


def as_text(table: Table) -> str:
    """Return the table for a terminal."""
    width = max([len(row.name) for row in table.rows] + [len(aim.what) for aim in table.aims] + [4])
    lines = [f"{table.name}: {table.title}"]
    if table.rows:
        lines.append(f"  {'':<{width}}  {'median s':>9} {'CPU s':>9} {'peak MB':>9}  each round, s")
    lines += [_row(row, width) for row in table.rows]
    lines += [
        f"  {aim.what:<{width}}  {aim.value:9.2f}{aim.unit}  aim: at most {aim.at_most:g}{aim.unit}"
        f"  {'met' if aim.met else 'MISSED'}"
        for aim in table.aims
    ]
    lines += [f"  not measured: {reason}" for reason in table.missing]
    return "\n".join(lines) + "\n"


def _row(row: Row, width: int) -> str:
    rounds = " ".join(f"{seconds:.2f}" for seconds in row.rounds)
    return f"  {row.name:<{width}}  {row.wall:9.2f} {row.cpu:9.2f} {row.peak / 1e6:9.0f}  {rounds}"


def as_json(machine: dict[str, str], tables: Sequence[Table]) -> str:
    """Return everything measured as one JSON document."""
    return json.dumps(
        {
            "machine": machine,
            "tables": [
                asdict(table) | {"aims": [asdict(aim) | {"met": aim.met} for aim in table.aims]}
                for table in tables
            ],
        },
        indent=2,
    )
