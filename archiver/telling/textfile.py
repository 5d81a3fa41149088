"""A text file in Prometheus' exposition format, for the textfile collector of node_exporter."""

from __future__ import annotations

from collections.abc import Iterator

from archiver.durable import replace_file
from archiver.telling.message import Message

_PREFIX = "audio_archiver_"


def write(path: str, message: Message) -> None:
    """Write the figures aside and rename them into place. Raises ``OSError``, ``ValueError``."""
    if not path.endswith(".prom"):
        raise ValueError(f"{path} does not end in .prom, and node_exporter reads nothing else")
    replace_file(path, "".join(_lines(message)).encode())


def _lines(message: Message) -> Iterator[str]:
    for name, (about, samples) in message.figures.items():
        yield f"# HELP {_PREFIX}{name} {_escaped(about)}\n# TYPE {_PREFIX}{name} gauge\n"
        for labels, value in samples.items():
            inside = ",".join(f'{label}="{_quoted(text)}"' for label, text in labels)
            yield f"{_PREFIX}{name}{{{inside}}} {value:.17g}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _quoted(text: str) -> str:
    return _escaped(text).replace('"', '\\"')
