"""``python -m benchmarks.package_unheard ...``: ``archiver ...``, deaf to recordings.

Staging notes of each file whether it begins like a recording, and only those are examined. Here
none does; everything else is the program itself. There is no such option: a bag made this way
knows nothing of its sound.
"""

from __future__ import annotations

from collections.abc import Iterable
from unittest.mock import patch

from archiver.survey import Staged, Worksheet


def main() -> None:
    """Run the command line."""
    from cli.main import main as command

    record_staged = Worksheet.record_staged

    def deaf(sheet: Worksheet, batch: Iterable[Staged]) -> None:
        record_staged(sheet, (staged._replace(audio=False) for staged in batch))

    with (
        patch.object(Worksheet, "record_staged", deaf),
        patch("archiver.packaging.examining.is_audio", lambda _: False),  # no reader is started
    ):
        command()


if __name__ == "__main__":
    main()
