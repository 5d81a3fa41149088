"""Records survive the way through one line of JSON, whatever their text holds."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from cli.render.json_lines import json_line


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_makes_one_printable_ascii_line_and_comes_back_whole(text: str) -> None:
    line = json_line({"path": text})
    assert line.isascii()
    assert line.isprintable()
    # A pair of lone surrogates that would join has one spelling in JSON; names never hold one.
    assert json.loads(line)["path"] == text.encode("utf-16", "surrogatepass").decode(
        "utf-16", "surrogatepass"
    )
