"""Verifying an archive's own bags: compared with the log, recorded there, then in the catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.archive import Archive, create_archive
from archiver.catalogue import Catalogue
from archiver.clock import system_clock
from archiver.errors import UsageError
from archiver.events import this_program
from archiver.package import PackageRequest, package
from archiver.packaging.record import Ledger
from archiver.progress import Silence
from archiver.rebuild import catch_up, check_catalogue
from archiver.verify import BagVerification, Depth
from archiver.verify_held import held_id, read_seals, record_verification, verify_held
from policies.policy import builtin
from policies.rights import RightsStatement

AGENT = this_program("tester")


@pytest.fixture
def archive(tmp_path: Path, tone_folder: Path) -> Archive:
    """An archive of one bag, called ``tones``."""
    made = create_archive(tmp_path / "archive", builtin("library"), system_clock)
    request = PackageRequest(str(tone_folder), "tones", RightsStatement("own-production"))
    package(made, request, clock=system_clock, agent=AGENT, workers=1)
    return made


def _verify(archive: Archive) -> BagVerification:
    seals = read_seals(archive, ["tones"], system_clock)
    return verify_held(
        archive,
        "tones",
        seals,
        depth=Depth.FULL,
        from_medium=False,
        workers=1,
        progress=Silence(),
    )


def _record(archive: Archive, found: BagVerification) -> bool:
    return record_verification(
        archive,
        "tones",
        found,
        depth=Depth.FULL,
        clock=system_clock,
        agent=AGENT,
        begun=system_clock(),
    )


def test_a_bag_is_known_by_its_id_and_by_its_place(archive: Archive, tmp_path: Path) -> None:
    place = archive.bag_path("tones")
    (tmp_path / "by-link").symlink_to(place)
    assert held_id(archive, "tones") == "tones"
    assert held_id(archive, f"{place}/") == "tones"
    assert held_id(archive, str(tmp_path / "by-link")) == "tones"
    assert held_id(archive, str(place / "data")) is None
    assert held_id(archive, str(tmp_path)) is None
    with pytest.raises(UsageError):
        held_id(archive, "no such folder")


def test_a_check_is_in_the_log_and_the_catalogue(archive: Archive) -> None:
    assert _record(archive, _verify(archive))
    with Catalogue.open(archive.catalogue_url) as catalogue:
        newest = catalogue.last_event()
    assert newest is not None
    assert (newest.type, newest.bag, newest.outcome) == ("verify", "tones", "valid")
    assert check_catalogue(archive).findings == ()


def test_a_check_during_another_run_is_logged_at_once_and_catalogued_by_that_run(
    archive: Archive,
) -> None:
    found = _verify(archive)
    with (
        archive.writer_lock("test", system_clock()),
        Catalogue.open(archive.catalogue_url, writing=True) as catalogue,
    ):
        assert _record(archive, found)
        Ledger(archive, catalogue, system_clock, AGENT).recovered(None, "staging-swept", {})
        assert catch_up(archive, catalogue) == ()
    assert check_catalogue(archive).findings == ()


def test_a_damaged_log_takes_no_check(archive: Archive) -> None:
    found = _verify(archive)
    log = archive.log / "000001.jsonl"
    log.write_bytes(log.read_bytes()[:-2] + b"!\n")
    assert not _record(archive, found)
    assert read_seals(archive, ["tones"], system_clock).findings != ()


def test_what_never_was_is_an_error_and_what_is_gone_is_damage(archive: Archive) -> None:
    seals = read_seals(archive, ["tones", "other"], system_clock)
    with pytest.raises(UsageError, match="neither a folder nor a bag"):
        verify_held(archive, "other", seals, depth=Depth.FAST, from_medium=False, workers=1,
                    progress=Silence())  # fmt: skip
    archive.bag_path("tones").rename(archive.root.parent / "taken")
    assert _verify(archive).verdict == "missing"
