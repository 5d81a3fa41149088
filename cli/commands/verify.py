"""``archiver verify``: prove that every byte of a bag is still there."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from archiver.errors import ArchiverError, UnknownBagError, UsageError
from archiver.findings import state_of
from archiver.state import State, worst
from cli import wiring
from cli.kinds import BAG
from cli.render.voice import Voice
from cli.verb import Verb

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from datetime import datetime

    from archiver.archive import Archive
    from archiver.profiles import Asked, Judge
    from archiver.second_opinion.opinion import SecondOpinion
    from archiver.verify import BagVerification, Depth
    from archiver.verify_held import Seals


_NOT_RECORDED = "verified, but not recorded (--no-record leaves that out)"


@click.command(
    cls=Verb,
    examples=(
        "archiver verify /mnt/usb/some-bag",
        "archiver verify Sessions-0f3a9c417b2e --archive ~/music-archive",
        "archiver verify --audio --decode some-bag",
        "archiver verify /mnt/usb/some-bag.tar",
        "archiver verify --cross-check /mnt/usb/some-bag",
        "archiver verify --blake3 --from-medium ~/music-archive/bags/*/*",
        "archiver verify --profile aptrust some-bag.tar",
    ),
)
@click.argument("bags", metavar="BAG...", nargs=-1, required=True, type=BAG)
@wiring.archive_option
@click.option(
    "-f", "--fast", is_flag=True, help="Only structure, names and Payload-Oxum; no digest is taken."
)
@click.option("-b", "--blake3", is_flag=True, help="Check by fixity/blake3.txt: many times faster.")
@click.option(
    "--audio", is_flag=True, help="Also check every recording by the checksums it carries itself."
)
@wiring.decode_option
@wiring.profiles_option()
@click.option(
    "--cross-check",
    is_flag=True,
    help="Ask bagit-python, too, and explain where it disagrees: audio-archiver[cross-check].",
)
@click.option("-m", "--from-medium", is_flag=True, help="Read past the page cache.")
@click.option("--no-record", is_flag=True, help="Record nothing in the archive's event log.")
@click.option("--all", "every", is_flag=True, help="Name every place, however many there are.")
@wiring.workers_option
def command(
    voice: Voice,
    bags: tuple[str, ...],
    archive_folder: str | None,
    fast: bool,
    blake3: bool,
    audio: bool,
    decode: bool,
    profiles: tuple[str, ...],
    cross_check: bool,
    from_medium: bool,
    no_record: bool,
    every: bool,
    workers: int | None,
) -> State:
    """Check bags of any tool, anywhere: each BAG is a folder, a tar, tar.gz or zip file that holds
    one, or an id in the archive.

    No bag is ever written to, and checking never stops at the first fault. A bag of the archive
    is also compared with what the event log says was sealed, and the check is recorded there.

    A recording that is not as it was recorded is examined: where only its tags changed and the
    sound is intact, the bag ends in exit code 7, not 3; where the sound is damaged, the time in
    the recording is named. --audio reads every recording once more, for the checksums it carries
    in itself. --decode does so too, decodes each of them, and compares the samples with those on
    record; it means --audio.

    With --profile each bag is also judged by a BagIt profile: a shipped one, a file, or those that
    the bag itself declares. A sound bag that does not meet it is valid all the same, and ends in
    exit code 5. The log of an archive remembers what became of the bytes, and no profile.

    With --cross-check a tool that shares no code with this one is asked about each folder, in a
    process that cannot write. Where it disagrees because of a known defect of its own, that is a
    warning; where nothing explains it, exit code 4.
    """
    from contextlib import ExitStack

    wanted, depth = wiring.profiles_asked(profiles), _depth(fast, blake3)
    recordings = audio or decode
    with ExitStack() as stack:
        opinions = stack.enter_context(_opinions(depth)) if cross_check else None
        check = _Check(
            voice, depth, recordings, decode, wanted, from_medium, workers, every, opinions
        )
        return _run(check, bags, archive_folder, not no_record)


def _run(check: _Check, bags: tuple[str, ...], archive_folder: str | None, record: bool) -> State:
    archive = wiring.archive_if_known(archive_folder)
    if archive is None:
        return worst([check.elsewhere(bag) for bag in bags])
    return check.with_archive(archive, bags, record=record)


def _depth(fast: bool, blake3: bool) -> Depth:
    from archiver.verify import Depth

    if fast and blake3:
        raise UsageError("--fast and --blake3 exclude each other", "Choose one of them.")
    return Depth.FAST if fast else Depth.BLAKE3 if blake3 else Depth.FULL


def _opinions(depth: Depth) -> AbstractContextManager[SecondOpinion]:
    from archiver.second_opinion.opinion import second_opinion
    from archiver.verify import Depth

    if depth is not Depth.FULL:
        raise UsageError(
            "--cross-check compares full verifications", "Leave --fast and --blake3 away."
        )
    return second_opinion()


@dataclass(frozen=True, slots=True)
class _Check:
    """How this run checks; each method checks one bag and says what it found."""

    voice: Voice
    depth: Depth
    audio: bool
    decode: bool
    wanted: Asked | None
    from_medium: bool
    workers: int | None
    every: bool
    opinions: SecondOpinion | None

    def elsewhere(self, bag: str) -> State:
        """Check a bag anywhere. Writes nothing at all."""
        from archiver.verify import is_serialised, verify_bag

        judge = self._judge()
        try:
            if is_serialised(bag):
                return self._serialised(bag, judge)
            with self.voice.progress() as progress:
                found = verify_bag(
                    bag,
                    depth=self.depth,
                    from_medium=self.from_medium,
                    workers=self.workers,
                    progress=progress,
                    recordings=self.audio,
                    decode=self.decode,
                    also=judge.look if judge else None,
                )
        except ArchiverError as error:
            return self._failed(bag, error)
        return self._say(found, None, judge)

    def _judge(self) -> Judge | None:
        if self.wanted is None:
            return None
        from archiver.profiles import Judge

        return Judge(self.wanted)

    def _serialised(self, bag: str, judge: Judge | None) -> State:
        from archiver.verify_serial import verify_serialised

        if self.audio:
            raise UsageError(
                "recordings are not examined inside tar and zip files",
                "Leave --audio and --decode away, or unpack the bag and verify the folder.",
            )
        if self.opinions is not None:
            raise UsageError(
                "bagit-python does not look into tar and zip files",
                "Leave --cross-check away, or unpack the bag and verify the folder.",
            )
        with self.voice.progress() as progress:
            look = judge.look if judge else None
            found = verify_serialised(bag, depth=self.depth, progress=progress, also=look)
        return self._say(found, None, judge)

    def with_archive(self, archive: Archive, bags: tuple[str, ...], record: bool) -> State:
        """Check bags of which some may be the archive's own."""
        from archiver.verify_held import held_id, read_seals

        ids: dict[str, str | None] = {}
        for bag in bags:
            try:
                ids[bag] = held_id(archive, bag)
            except UsageError:
                ids[bag] = None  # no identifier either: checking it says what it is not
        own = [bag_id for bag_id in ids.values() if bag_id is not None]
        seals = read_seals(archive, own, wiring.clock()) if own else None
        states = []
        for bag in bags:
            bag_id = ids[bag]
            if bag_id is None or seals is None:
                states.append(self.elsewhere(bag))
            else:
                states.append(self._held(archive, bag_id, seals, record))
        return worst([*states, self._log_state(archive, seals)])

    def _held(self, archive: Archive, bag_id: str, seals: Seals, record: bool) -> State:
        from archiver.verify_held import verify_held

        begun, judge, since = time.monotonic(), self._judge(), wiring.clock()()
        try:
            with self.voice.progress() as progress:
                found = verify_held(
                    archive,
                    bag_id,
                    seals,
                    depth=self.depth,
                    from_medium=self.from_medium,
                    workers=self.workers,
                    progress=progress,
                    recordings=self.audio,
                    decode=self.decode,
                    also=judge.look if judge else None,
                )
        except UnknownBagError as error:
            from cli.nearby import with_suggestion

            return self._failed(bag_id, with_suggestion(error, str(archive.root)))
        except ArchiverError as error:
            return self._failed(bag_id, error)
        seconds = time.monotonic() - begun
        state = self._say(found, bag_id, judge)
        if record and bag_id in seals.sealed:
            return worst([state, self._recorded(archive, bag_id, found, since, seconds)])
        return state

    def _recorded(
        self,
        archive: Archive,
        bag_id: str,
        found: BagVerification,
        since: datetime,
        seconds: float,
    ) -> State:
        """Record the check; that it cannot be takes nothing from what was found."""
        from archiver.verify_held import record_verification, worth_recording

        if not worth_recording(found, self.depth):
            return State.SOUND
        try:
            record_verification(
                archive,
                bag_id,
                found,
                depth=self.depth,
                clock=wiring.clock(),
                agent=wiring.agent(),
                begun=since,
                seconds=seconds,
            )
        except ArchiverError as error:
            return self._failed(bag_id, error, _NOT_RECORDED)
        return State.SOUND

    def _say(self, found: BagVerification, bag_id: str | None, judge: Judge | None) -> State:
        from cli.render.verification import verification_lines, verification_records

        opinion = None if self.opinions is None else self.opinions.on(found.path, found.findings)
        state = found.state if opinion is None else worst([found.state, opinion.state])
        self.voice.answer(
            verification_records(found, bag_id, self.depth, opinion),
            verification_lines(found, bag_id, self.depth, self.every, opinion),
            all_is_well=state is State.SOUND,
        )
        return state if judge is None else worst([state, self._judged(found, judge)])

    def _judged(self, found: BagVerification, judge: Judge) -> State:
        from cli.render.profiles import judgement_lines, judgement_records

        judgement = judge.judgement
        state = State.SOUND if judgement is None else judgement.state
        self.voice.answer(
            judgement_records(found.path, judge),
            judgement_lines(judge, self.every),
            all_is_well=judgement is not None and state is State.SOUND,
        )
        return state

    def _failed(self, bag: str, error: ArchiverError, what: str = "not done") -> State:
        from cli.render.failures import failure_lines, failure_record

        self.voice.tell([failure_record(bag, error)], failure_lines(bag, error, what), trouble=True)
        return error.state

    def _log_state(self, archive: Archive, seals: Seals | None) -> State:
        from cli.render.findings import finding_record, item_lines, of_finding

        if seals is None or not seals.findings:
            return State.SOUND
        place = str(archive.log)
        self.voice.answer(
            (finding_record(finding, log=place) for finding in seals.findings),
            item_lines(map(of_finding, seals.findings), self.every),
        )
        return state_of(seals.findings)
