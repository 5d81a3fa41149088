"""Whatever text comes in, the XML is well-formed and the text can be had back."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from archiver.writers.xml import attributes_of, element, escaped, unescaped
from tests.cli.workbench import UNSAFE
from tests.writers.official import read

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@given(ANY_TEXT)
@example("\x00 \ud800 \ufffe \\u0000 \\\\u0000 \\u005c")
@example("a\r\nb\tc <&>\"' ]]>")
@example("\\\x00")
def test_any_text_survives_as_content_and_as_attribute(text: str) -> None:
    root = read([element("a", text, attributes_of(b=text)).encode()])
    assert unescaped(root.text or "") == text
    assert unescaped(root.get("b")) == text


@given(ANY_TEXT)
def test_nothing_a_terminal_obeys_is_written(text: str) -> None:
    assert not (UNSAFE - {"\n"}) & set(escaped(text))


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn")), max_size=30))
def test_ordinary_text_means_the_same_to_a_reader_who_knows_no_rule(text: str) -> None:
    if "\\u" not in text:
        assert (read([element("a", text).encode()]).text or "") == text


def test_two_texts_never_look_the_same() -> None:
    assert escaped("\x07") != escaped("\\u0007")


def test_attributes_without_a_value_are_left_out() -> None:
    assert attributes_of(A=None, B=0, C="") == ' B="0" C=""'
