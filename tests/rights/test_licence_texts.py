"""Licences are told by the title at the top of their texts, and by nothing further down."""

from __future__ import annotations

import pytest

from archiver.rights.licence_texts import licence_at_the_top


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("   GNU GENERAL PUBLIC LICENSE\n   Version 2, June 1991\n", "GPL-2"),
        ("GNU GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007", "GPL-3"),
        ("GNU LESSER GENERAL PUBLIC LICENSE\nVersion 2.1, February 1999", "LGPL-2.1"),
        ("GNU AFFERO GENERAL PUBLIC LICENSE\nVersion 3, 2007", "AGPL-3"),
        ("GNU General Public License", "GPL"),
        ("Creative Commons Attribution-ShareAlike 4.0 International\n", "CC BY-SA 4.0"),
        ("Attribution-NonCommercial-NoDerivs 3.0 Unported", "CC BY-NC-ND 3.0"),
        ("Creative Commons Legal Code\n\nCC0 1.0 Universal", "CC0 1.0"),
        ("Apache License\n  Version 2.0, January 2004", "Apache-2.0"),
        ("The MIT License (MIT)\n", "MIT"),
        ("Permission is hereby granted, free of charge, to any person obtaining", "MIT"),
        ("All rights reserved. Not the GNU General Public License, version 2.", ""),
        ("Attribution is welcome. 4.0 stars", ""),
        ("", ""),
    ],
)
def test_a_licence_is_told_by_its_title(text: str, name: str) -> None:
    assert licence_at_the_top(text) == name
