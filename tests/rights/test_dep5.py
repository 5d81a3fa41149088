"""Debian's copyright files: paragraphs, and patterns whose star passes slashes."""

from __future__ import annotations

import pytest

from archiver.rights.dep5 import Paragraph, globs_of, is_dep5, paragraphs_of

TEXT = """Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: game

Files: *
Copyright: 2001, Ann
           2002, Bea
License: GPL-3+
 the text of it
# a comment
Files-Excluded: none

Files: music/*.ogg
 sounds/one.wav
Copyright: 2003, Cid
License: CC-BY-SA-4.0

License: GPL-3+
 a paragraph about no files
"""


def test_the_paragraphs_about_files_are_read_in_their_order() -> None:
    assert is_dep5(TEXT)
    assert not is_dep5("This package was debianized by somebody.\n" + TEXT)
    assert paragraphs_of(TEXT) == [
        Paragraph(("*",), ("2001, Ann", "2002, Bea"), "GPL-3+"),
        Paragraph(("music/*.ogg", "sounds/one.wav"), ("2003, Cid",), "CC-BY-SA-4.0"),
    ]


def test_what_is_no_such_file_has_no_paragraphs() -> None:
    assert paragraphs_of("") == []
    assert paragraphs_of(" indented\nno colon here\n\n:\n") == []


@pytest.mark.parametrize(
    ("pattern", "globs"),
    [
        ("*", ("**",)),
        ("./music/*", ("music/**",)),
        ("*.ogg", ("**/*.ogg",)),
        ("one*", ("one*", "one*/**")),
        ("a[1].wav", ("a[[]1].wav",)),
    ],
)
def test_a_star_passes_slashes(pattern: str, globs: tuple[str, ...]) -> None:
    assert globs_of(pattern) == globs
