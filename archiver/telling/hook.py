"""A message to a command: its record as JSON on standard input."""

from __future__ import annotations

import json
import subprocess

from archiver.telling.message import Message

_TIMEOUT = 60.0  # seconds
_SAID = 200  # characters of what it said, when it failed


def run(words: tuple[str, ...], message: Message) -> None:
    """Run the command, without a shell. Raises ``OSError`` when it fails or takes too long."""
    try:
        done = subprocess.run(
            words,
            input=json.dumps(message.record).encode() + b"\n",
            capture_output=True,
            timeout=_TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise OSError(f"{words[0]} was still running after {_TIMEOUT:.0f} s") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()[-_SAID:]
        raise OSError(f"{words[0]} left with {done.returncode}: {said}")
