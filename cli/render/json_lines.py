"""Records for programs: JSON Lines, one object a line, each with a ``type``."""

from __future__ import annotations

import json
from collections.abc import Mapping

Record = Mapping[str, object]


def json_line(record: Record) -> str:
    """Return ``record`` as one line of ASCII JSON, without the line end.

    ASCII, because a record may end up on a terminal or in a log of any encoding: every other
    character is a ``\\u`` escape, and a name that is not UTF-8 keeps its bytes as lone
    surrogates (Python's ``surrogateescape``), so nothing is lost.
    """
    text = json.dumps(record, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return text.replace("\x7f", "\\u007f")
