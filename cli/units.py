"""Sizes, lengths of time and days as people write them on a command line."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import click

_SIZE = re.compile(r"(\d+(?:\.\d+)?) ?([kMGTP]i?)?B?", re.ASCII)
_TIME = re.compile(r"(\d+(?:\.\d+)?) ?(s|min|h|d)", re.ASCII)
_UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86_400}
_POWERS = {"": 0, "k": 1, "M": 2, "G": 3, "T": 4, "P": 5}


class _Size(click.ParamType):  # type: ignore[type-arg]
    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return bytes: ``500GB`` is 500 times 10^9, ``1GiB`` 2^30."""
        match = _SIZE.fullmatch(str(value))
        if match is None:
            self.fail(f"{value!r} is no size; write it like 500GB", param, ctx)
        unit = match[2] or ""
        base = 1024 if unit.endswith("i") else 1000
        return int(float(match[1]) * base ** _POWERS[unit.removesuffix("i")])


class _Time(click.ParamType):  # type: ignore[type-arg]
    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return seconds: ``90min``, ``4h``."""
        match = _TIME.fullmatch(str(value))
        if match is None:
            self.fail(f"{value!r} is no length of time; write it like 4h or 90min", param, ctx)
        return float(match[1]) * _UNITS[match[2]]


class _Day(click.ParamType):  # type: ignore[type-arg]
    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the day as it was written, if there is one: ``2027-03-14``."""
        try:
            return date.fromisoformat(str(value)).isoformat()
        except ValueError:
            self.fail(f"{value!r} is no day; write it like 2027-03-14", param, ctx)


BYTES, SECONDS, DAY = _Size(), _Time(), _Day()
