"""How one run speaks: to people or to programs, on which stream, how loudly."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO

from archiver.progress import Progress, Silence
from cli.render.json_lines import Record, json_line
from cli.render.text import Line, Tone


@dataclass(frozen=True, slots=True)
class Voice:
    """The choice between text and JSON Lines, made once and carried through the command.

    With ``as_json`` standard output holds records and nothing else. Otherwise the answer to a
    question goes to standard output and the account of an act to standard error. ``quiet``
    leaves out what went well; trouble is always told.
    """

    as_json: bool = False
    quiet: bool = False
    show_progress: bool = True

    def answer(
        self, records: Iterable[Record], lines: Iterable[Line], *, all_is_well: bool = False
    ) -> None:
        """Say what was asked for; an ``all_is_well`` that nobody needs is left out when quiet."""
        if self.as_json:
            self._records(records)
        elif not (self.quiet and all_is_well):
            _write(sys.stdout, lines)

    def tell(self, records: Iterable[Record], lines: Iterable[Line], trouble: bool = False) -> None:
        """Say what was done; ``trouble`` is told even when quiet."""
        if self.as_json:
            self._records(records)
        elif trouble or not self.quiet:
            _write(sys.stderr, lines)

    def pour(self, pieces: Iterable[bytes]) -> None:
        """Write a document of a form of its own to standard output, byte for byte."""
        sys.stdout.flush()
        try:
            for piece in pieces:
                sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            silence(sys.stdout)
        except OSError as error:
            silence(sys.stdout)
            raise OSError(error.errno, error.strerror, "standard output") from error

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """Give the progress fit for standard error: a bar, a line now and then, or silence.

        However the work ends, the bar is gone and the cursor back when this is left.
        """
        if self.quiet or not self.show_progress:
            yield Silence()
            return
        from cli.render.progress import progress_on

        progress = progress_on(sys.stderr)
        try:
            yield progress
        finally:
            progress.end()

    def _records(self, records: Iterable[Record]) -> None:
        for record in records:
            put(sys.stdout, json_line(record))


def _write(stream: TextIO, lines: Iterable[Line]) -> None:
    colour = colour_welcome(stream)
    for line in lines:
        put(stream, line.rendered(colour))


def put(stream: TextIO, line: str) -> None:
    """Write one finished line; if the reader has gone, let the work go on unheard.

    ``archiver package ... | head`` must neither stop half way nor lie in its exit code. Nor must
    work stop, or pass for what it is not, because a log is on a full disk: :func:`unheard` tells.
    """
    try:
        stream.write(line + "\n")
        stream.flush()
    except BrokenPipeError:
        silence(stream)
    except OSError as error:
        _lost[stream.fileno()] = error.strerror or str(error)
        silence(stream)


_lost: dict[int, str] = {}


def unheard() -> Iterator[str]:
    """Yield, and forget, why lines could not be written, each with the stream they were for."""
    names = {1: "standard output", 2: "standard error"}
    while _lost:
        fd, why = _lost.popitem()
        yield f"{names.get(fd, 'the output')} could not be written to its end: {why}"


def silence(stream: TextIO) -> None:
    """Send whatever else is written to ``stream`` nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def on_terminal(stream: TextIO) -> bool:
    """Say whether ``stream`` is a terminal that can move its cursor."""
    return stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def colour_welcome(stream: TextIO) -> bool:
    """Say whether colour may go to ``stream`` (https://no-color.org)."""
    return on_terminal(stream) and not os.environ.get("NO_COLOR")


def trouble_lines(message: str, advice: str = "") -> Iterable[Line]:
    """Yield an error as a person reads it: what happened, then what to do."""
    yield Line(f"archiver: {message}", Tone.BAD)
    for line in advice.splitlines():
        yield Line(f"  {line}")
