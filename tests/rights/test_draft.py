"""The beginning of a rights file: what lies there is offered, and nothing is granted."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from archiver.errors import UsageError
from archiver.rights_desk.draft import draft
from policies.rights import RightsBook, parse_rights_file
from tests.packaging.scene import make_source
from tests.rights.test_dep5 import TEXT


def statements(text: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = tomllib.loads(text).get("statements", [])
    return found


def test_a_licence_in_plain_text_is_named_for_the_files_beside_it(tmp_path: Path) -> None:
    gpl, cc = b"GNU GENERAL PUBLIC LICENSE\nVersion 2, 1991\n", b"Attribution-NoDerivs 3.0 Unported"
    files = {"a/COPYING": gpl, "a/1.wav": b"x", "b[1]/LICENSE.txt": cc, "b[1]/2.wav": b"y"}
    text = draft(str(make_source(tmp_path / "s", files)))
    first, second = statements(text)
    assert (first["note"], first["applies_to"]) == ("GPL-2", ["a/**"])
    assert (second["note"], second["applies_to"]) == ("CC BY-ND 3.0", ["b[[]1]/**"])
    assert second["statement_uri"] == "https://creativecommons.org/licenses/by-nd/3.0/"
    assert first["acts"] == second["acts"] == {}
    assert text.count('# modify = "allow"') == 1  # not of the one that forbids derivatives
    book = parse_rights_file(text.encode())
    assert isinstance(book, RightsBook)
    assert [one.acts for one in book.statements] == [{}, {}]


def test_a_later_paragraph_takes_its_files_from_an_earlier_one(tmp_path: Path) -> None:
    files = {"copyright": TEXT.encode(), "usr/music/1.ogg": b"x", "usr/sounds/two.wav": b"y"}
    first, second = statements(draft(str(make_source(tmp_path / "s", files))))
    assert (first["note"], first["except"]) == ("GPL-3+", ["**/music/*.ogg"])
    assert second["applies_to"] == ["**/music/*.ogg"]
    assert second["attribution"] == "2003, Cid"


def test_where_nothing_lies_an_example_is_offered(tmp_path: Path) -> None:
    text = draft(str(make_source(tmp_path / "s", {"1.wav": b"x"})))
    assert statements(text) == []
    assert "# [[statements]]" in text


def test_what_is_no_folder_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no folder"):
        draft(str(tmp_path / "nowhere"))
