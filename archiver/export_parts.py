"""``export --split-size``: a bag as several files, each a valid bag by itself."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace

from archiver.errors import IncompleteError
from archiver.export import Exported, Form, PartFile, examined, export
from archiver.exporting.division import Division, divide
from archiver.exporting.forms import writer_of
from archiver.exporting.parts import PartsSerialiser, part_name
from archiver.findings import Code, Finding, Severity, register, state_of
from archiver.profiles import Asked, judge_bag
from archiver.progress import Progress, Silence
from archiver.serial.writing.member import Writer
from archiver.serial.writing.place import FileAside, check_free, file_aside
from archiver.state import State
from archiver.tree import Tree
from archiver.verify import Sealed, open_bag

register(
    Code(
        "part-too-large",
        Severity.WARNING,
        "It is larger than the parts were to be, so the part that holds it is larger, too.",
        "Take a medium that holds it, or allow larger parts.",
    )
)


def export_parts(
    bag: str,
    path: str,
    form: Form,
    limit: int,
    *,
    expected: Sealed | None = None,
    progress: Progress | None = None,
    wanted: Asked | None = None,
) -> Exported:
    """Write the bag as files of at most ``limit`` bytes, named after ``path``: x.1-of-3.tar.

    Each is a BagIt 1.0 bag that is valid by itself, with the digests that the original's
    manifests have and ``Bag-Group-Identifier`` and ``Bag-Count``. The first holds the original's
    tag files, too, in ``whole-bag/``. The original is verified in the read that writes them; they
    get their names when all of them are whole, and where anything is amiss none is left. A bag
    that fits is exported as it is. Raises what :func:`archiver.export.export` raises, and
    :class:`archiver.errors.UsageError` for a bag that cannot be divided.
    """
    with open_bag(bag) as tree:
        try:
            division = divide(tree, limit, form)
        except OSError as error:
            raise IncompleteError(
                f"{bag!a} could not be read to the end: {error.strerror}.",
                "Look after medium, permissions and room for temporary files. No file was left.",
            ) from error
        said: list[Finding] = [Finding("part-too-large", "", name) for name in division.oversized]
        if len(division.parts) == 1:
            done = export(bag, path, form, expected=expected, progress=progress, wanted=wanted)
            return _with(done, said)
        if wanted is not None:
            said += judge_bag(tree, wanted, form.value).all_findings
        if state_of(said) is not State.SOUND:
            return Exported(bag, None, form, state_of(said), tuple(said), 0, 0, 0)
        places = [check_free(place) for place in places_of_parts(path, form, len(division.parts))]
        done = _written(tree, bag, places, form, division, expected, progress or Silence())
    return _with(done, said)


def _with(done: Exported, said: Sequence[Finding]) -> Exported:
    return replace(done, findings=(*said, *done.findings))


def places_of_parts(path: str, form: Form, count: int) -> Iterator[str]:
    """Yield the place of each part; ``path`` is the one that a single file would have."""
    folder, name = os.path.split(path)
    ending = f".{form.value}"
    stem = name.removesuffix(ending)
    for number in range(1, count + 1):
        yield os.path.join(folder, f"{part_name(stem, number, count)}{ending}")


def _published(asides: Sequence[FileAside]) -> tuple[PartFile, ...]:
    """Give all parts their names, or none: one alone would pass for the bag."""
    for one in asides:
        one.settle()
    try:
        return tuple(PartFile(one.place, one.publish()) for one in asides)
    except BaseException:
        for one in asides:
            one.withdraw()
        raise


def _written(
    tree: Tree,
    bag: str,
    places: Sequence[str],
    form: Form,
    division: Division,
    expected: Sealed | None,
    progress: Progress,
) -> Exported:
    with ExitStack() as files:
        asides: list[FileAside] = []
        with ExitStack() as layers:

            def next_writer(number: int) -> Writer:
                layers.close()
                asides.append(files.enter_context(file_aside(places[number - 1])))
                return writer_of(form, asides[-1], layers)

            serialiser = PartsSerialiser(tree, division, bag, progress, next_writer)
            findings = examined(bag, tree, serialiser, progress, expected)
        state = state_of(findings)
        parts: tuple[PartFile, ...] = ()
        if state is State.SOUND:
            parts = _published(asides)
        return Exported(
            bag=bag,
            path=os.path.dirname(places[0]) if parts else None,
            form=form,
            state=state,
            findings=findings,
            files=serialiser.files,
            bytes=serialiser.bytes,
            size=sum(one.size for one in parts),
            parts=parts,
        )
