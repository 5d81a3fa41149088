"""``export``: a bag as one file, verified in the read that writes it."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace

from archiver.bagit.reading.examination import Depth, Examination
from archiver.errors import IncompleteError, UsageError
from archiver.exporting.forms import Form, writer_of
from archiver.exporting.serialising import Serialiser, name_of
from archiver.findings import Finding, state_of
from archiver.profiles import Asked, judge_bag
from archiver.progress import Progress, Silence
from archiver.serial.writing.member import Writer
from archiver.serial.writing.place import check_free, file_aside
from archiver.state import State
from archiver.tree import Tree
from archiver.verify import Sealed, compare_with_sealed, open_bag

__all__ = ["Exported", "Form", "PartFile", "examined", "export", "place_and_form", "written"]

_ENDINGS = {".tar": Form.TAR, ".tar.gz": Form.TAR_GZ, ".tgz": Form.TAR_GZ, ".zip": Form.ZIP}


@dataclass(frozen=True, slots=True)
class PartFile:
    """One of several files that a bag was exported to, and its size in bytes."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Exported:
    """What exporting one bag came to.

    ``path`` is the file, ``None`` when the bag is not sound and none was left. ``files`` and
    ``bytes`` count what was written, tag files included; ``size`` is that of the file. Where
    there are ``parts``, ``path`` is the folder they are in and the others are sums. Of a
    ``dry_run`` ``files`` and ``bytes`` are those of the bag, and no size is known.
    """

    bag: str
    path: str | None
    form: Form
    state: State
    findings: tuple[Finding, ...]
    files: int
    bytes: int
    size: int
    parts: tuple[PartFile, ...] = ()
    dry_run: bool = False
    bytes_free: int | None = None


def place_and_form(path: str, bag: str, wished: str | None) -> tuple[str, Form]:
    """Return what file to write, and in what form (``wished`` is a :class:`Form`'s value).

    Where ``path`` is a folder, the file in it is named after the ``bag``. Raises
    :class:`UsageError` when the form is not said, or said in two ways.
    """
    if os.path.isdir(path) and wished is not None:
        return os.path.join(path, f"{name_of(bag)}.{wished}"), Form(wished)
    name = os.path.basename(path).lower()
    named = [form for ending, form in _ENDINGS.items() if name.endswith(ending)]
    if wished is not None and (not named or named[0] is Form(wished)):
        return path, Form(wished)
    if wished is None and named:
        return path, named[0]
    raise UsageError(
        f"in what form to write {path!a} is not said, or said in two ways.",
        "Let the name end in .tar, .tar.gz or .zip, or say --as tar|tar.gz|zip.",
    )


def export(
    bag: str,
    path: str,
    form: Form,
    *,
    expected: Sealed | None = None,
    progress: Progress | None = None,
    wanted: Asked | None = None,
) -> Exported:
    """Write the bag in the folder ``bag`` as the new file ``path``.

    A bag that does not meet the profiles ``wanted``, in this form, is not read any further.

    The bag is one folder in it, named as it is. Tag files come first, then the payload, both in
    order of their paths, so that whoever reads the file from its beginning can verify it at
    once. Two exports of one bag are the same bytes. Every file is compared with the manifests in
    the read that writes it; where anything is amiss, no file is left. Memory stays flat.
    Raises :class:`UsageError` for what is no folder and for a name that is taken,
    :class:`archiver.errors.BusyError` while another run writes it, :class:`IncompleteError` when
    the bag cannot be examined to its end, :class:`archiver.errors.EnvironmentUnusable` when the
    file cannot be written.
    """
    place = check_free(path)
    watcher = progress or Silence()
    with open_bag(bag) as tree:
        said = () if wanted is None else judge_bag(tree, wanted, form.value).all_findings
        if state_of(said) is not State.SOUND:
            return Exported(bag, None, form, state_of(said), said, 0, 0, 0)
        done = written(
            tree, bag, place, form, expected, watcher, lambda to: Serialiser(tree, to, bag, watcher)
        )
    return replace(done, findings=(*said, *done.findings))


def written(
    tree: Tree,
    bag: str,
    place: str,
    form: Form,
    expected: Sealed | None,
    watcher: Progress,
    serialiser_for: Callable[[Writer], Serialiser],
) -> Exported:
    """Write the file ``place`` while the bag is examined; it is there only if the bag is sound.

    Raises :class:`IncompleteError`.
    """
    with file_aside(place) as aside:
        with ExitStack() as layers:
            serialiser = serialiser_for(writer_of(form, aside, layers))
            findings = examined(bag, tree, serialiser, watcher, expected)
        state = state_of(findings)
        size = aside.publish() if state is State.SOUND else 0
        return Exported(
            bag=bag,
            path=place if aside.published else None,
            form=form,
            state=state,
            findings=findings,
            files=serialiser.files,
            bytes=serialiser.bytes,
            size=size,
        )


def examined(
    bag: str, tree: Tree, serialiser: Serialiser, progress: Progress, expected: Sealed | None
) -> tuple[Finding, ...]:
    """Examine the bag in full while ``serialiser`` writes it; return what was found.

    Raises :class:`IncompleteError`.
    """
    sealed_digest = expected.tag_manifest_digest.lower() if expected else None
    found = Examination(tree, Depth.FULL, serialiser.read, progress, sealed_digest)
    try:
        serialiser.begin()
        found.run()
        serialiser.finish()
    except OSError as error:
        raise IncompleteError(
            f"{bag!a} could not be read to the end: {error.strerror}.",
            "Look after medium, permissions and room for temporary files. No file was left.",
        ) from error
    if expected is not None:
        compare_with_sealed(found, expected, found.report)
    return (*serialiser.findings, *found.report.in_path_order())
