"""``archiver log key``: making a key."""

from __future__ import annotations

import click

from archiver.state import State
from cli import wiring
from cli.keys import made_home_of_key, write_key
from cli.render.text import Line
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=(
        "archiver log key --archive /srv/archive",
        "archiver log key /media/safe/log.key",
        "archiver log key --witness ~/.config/archiver/witness.key --name radio.example",
    ),
)
@click.argument("file", metavar="FILE", required=False)
@wiring.archive_option
@click.option("--witness", is_flag=True, help="A key to witness other archives' logs with.")
@click.option("--name", help="Who signs; for a log's own key, the log's name if left out.")
def command(
    voice: Voice, file: str | None, archive_folder: str | None, witness: bool, name: str | None
) -> State:
    """Make an Ed25519 key, write its private half to FILE, and print the public one.

    Without FILE it goes where every command looks for it that hands out a checkpoint of this
    archive's log: ~/.config/archiver/ARCHIVE-ID.key. From then on they are signed, in reports, in
    mails and in new bags. A key elsewhere is named by --key or $ARCHIVER_LOG_KEY. It is readable
    by you alone; keep it off the disk that holds the archive. The public half is for everybody who
    is to check your signatures.
    """
    from archiver.errors import UsageError
    from archiver.events.checkpoint import origin_of
    from archiver.events.signing import new_key

    if witness and (name is None or file is None):
        raise UsageError(
            "a witness needs a name and a file", "archiver log key --witness --name NAME FILE"
        )
    place, called = file or "", name or ""
    if not place or not called:
        archive = wiring.open_the_archive(archive_folder)
        called = called or origin_of(archive.identity)
        place = place or made_home_of_key(archive)
    key = new_key(called, witness=witness)
    write_key(place, key)
    public = key.public().text()
    voice.answer([{"type": "key", "path": place, "public": public}], [Line(public)])
    voice.tell([], [Line(f"the private half is in {place}")])
    return State.SOUND
