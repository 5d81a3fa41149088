"""A power cut keeps what was synced and may lose the rest: so the order of the steps is all.

A killed process leaves its writes in the kernel's cache, a power cut does not. These tests read
the list of steps of an undisturbed run and ask whether a cut at any moment could matter.
"""

from __future__ import annotations

import os
from pathlib import Path

from tests.crash.scenario import Undisturbed
from tests.crash.scene import bags_in
from tests.crash.steps import SYNCS, WRITES, Step


def publishing(steps: tuple[Step, ...], archive: Path) -> int:
    """The index of the step that makes the bag visible."""
    bags = str(archive / "bags") + "/"
    visible = [
        index
        for index, step in enumerate(steps)
        if step.name in ("rename", "replace") and (step.target or "").startswith(bags)
    ]
    assert len(visible) == 1, "a bag becomes visible in exactly one step"
    return visible[0]


def unsynced_before(steps: tuple[Step, ...], moment: int, inode: int) -> bool:
    """Whether the file or folder was changed after its last sync, or never synced at all."""
    names = {step.path for step in steps if step.name in SYNCS and step.inode == inode}
    synced = False
    for step in steps[:moment]:
        if step.name == "syncfs" or (step.name in SYNCS and step.inode == inode):
            synced = True
        elif _changes(step, inode, names):
            synced = False
    return not synced


def _changes(step: Step, inode: int, names: set[str]) -> bool:
    """Whether ``step`` changes the file ``inode``, or the entries of the folder so named."""
    if step.name in WRITES | {"ftruncate", "posix_fallocate"}:
        return step.inode == inode
    if step.name in ("create", "mkdir", "rename", "replace", "link", "unlink", "rmdir"):
        return any(os.path.dirname(place) in names for place in (step.path, step.target or ""))
    return False


def unsynced_in(bag: Path, steps: tuple[Step, ...], moment: int) -> list[str]:
    """Everything in the bag that a power cut right after ``moment`` could spoil."""
    return [
        str(path.relative_to(bag))
        for path in [bag, *sorted(bag.rglob("*"))]
        if unsynced_before(steps, moment, path.stat().st_ino)
    ]


def folder_synced_after(steps: tuple[Step, ...], moment: int, folder: Path) -> bool:
    """Whether the entries of ``folder`` were made durable at some time after ``moment``."""
    inode = folder.stat().st_ino
    return any(
        step.name == "syncfs" or (step.name in SYNCS and step.inode == inode)
        for step in steps[moment + 1 :]
    )


def test_every_byte_and_name_of_the_bag_is_synced_before_it_becomes_visible(
    undisturbed: Undisturbed,
) -> None:
    steps = undisturbed.run.steps
    moment = publishing(steps, undisturbed.archive)
    (bag,) = bags_in(undisturbed.archive)
    assert unsynced_in(bag, steps, moment) == []


def test_the_new_name_is_made_durable_before_the_log_says_that_the_bag_is_sealed(
    undisturbed: Undisturbed,
) -> None:
    steps, archive = undisturbed.run.steps, undisturbed.archive
    moment = publishing(steps, archive)
    (bag,) = bags_in(archive)
    said = max(
        index
        for index, step in enumerate(steps)
        if step.name == "write" and Path(step.path).match(f"{archive}/log/*.jsonl")
    )
    assert moment < said
    assert folder_synced_after(steps[:said], moment, bag.parent)
    assert folder_synced_after(steps[:said], 0, bag.parent.parent), "the shard's own name"


def test_the_log_is_synced_after_its_last_line(undisturbed: Undisturbed) -> None:
    for path in (undisturbed.archive / "log").glob("*.jsonl"):
        assert not unsynced_before(
            undisturbed.run.steps, len(undisturbed.run.steps), path.stat().st_ino
        )
