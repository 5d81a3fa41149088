"""Public statements: every form found in the wild means one of them, or is an error."""

from __future__ import annotations

import pytest

from policies.rights.uris import STATEMENT_CODES, label_of, uri_hint

_TRUE = "http://rightsstatements.org/vocab/{}/1.0/"


def meant(text: str) -> str | None:
    label = label_of(text)
    return label.uri if label else None


def test_there_are_twelve_statements() -> None:
    assert len(STATEMENT_CODES) == 12


@pytest.mark.parametrize("code", STATEMENT_CODES)
@pytest.mark.parametrize(
    "form",
    [
        "http://rightsstatements.org/vocab/{}/1.0/",
        "https://rightsstatements.org/vocab/{}/1.0/",
        "https://rightsstatements.org/vocab/{}/1.0",
        "http://www.rightsstatements.org/vocab/{}/1.0/",
        "http://rightsstatements.org/page/{}/1.0/?language=en",
        "rightsstatements.org/vocab/{}/",
        " http://rightsstatements.org/data/{}/1.0/ ",
    ],
)
def test_every_form_of_a_statement_is_understood(code: str, form: str) -> None:
    assert meant(form.format(code)) == _TRUE.format(code)
    assert meant(form.format(code.lower())) == _TRUE.format(code)


@pytest.mark.parametrize(
    ("letters", "code"),
    [("InCOWEU", "InC-OW-EU"), ("InCNC", "InC-NC"), ("InC\u2011EDU", "InC-EDU"),
     ("NoC\u2010OKLR", "NoC-OKLR"), ("NoC\u2013US", "NoC-US")],
)  # fmt: skip
def test_lost_and_odd_hyphens_are_forgiven(letters: str, code: str) -> None:
    assert meant(f"http://rightsstatements.org/vocab/{letters}/1.0/") == _TRUE.format(code)


@pytest.mark.parametrize(
    "text",
    ["", "InC", "http://rightsstatements.org/vocab/InX/1.0/", "http://example.org/vocab/InC/1.0/",
     "http://rightsstatements.org/vocab/InC/2.0/", "http://rightsstatements.org/"],
)  # fmt: skip
def test_what_is_no_statement_means_none(text: str) -> None:
    assert label_of(text) is None


@pytest.mark.parametrize("kind", ["by", "by-sa", "by-nd", "by-nc", "by-nc-sa", "by-nc-nd"])
@pytest.mark.parametrize("version", ["2.0", "2.5", "3.0", "4.0"])
def test_creative_commons_licences_are_understood(kind: str, version: str) -> None:
    true = f"https://creativecommons.org/licenses/{kind}/{version}/"
    shouted = true.replace("licenses", "licences").upper()
    texts = (f"{true}legalcode", f"{true}deed.de")
    for form in (true, true.replace("https", "http"), true[8:-1], *texts, shouted):
        label = label_of(form)
        assert label is not None
        assert (label.uri, label.conditions) == (true, frozenset(kind.split("-")))


def test_ported_licences_and_old_names_keep_their_address() -> None:
    assert meant("http://creativecommons.org/licenses/by-sa/3.0/us") == (
        "https://creativecommons.org/licenses/by-sa/3.0/us/"
    )
    old = "https://creativecommons.org/licenses/by-nd-nc/1.0/"
    assert meant(old) == old
    assert meant("https://creativecommons.org/licenses/by-nd-nc/2.0/") == (
        "https://creativecommons.org/licenses/by-nc-nd/2.0/"
    )


@pytest.mark.parametrize(
    "text",
    ["https://creativecommons.org/licenses/by/", "https://creativecommons.org/licenses/by/5.0/",
     "https://creativecommons.org/licenses/by-nd-sa/3.0/",
     "https://creativecommons.org/licenses/by/4.0/us/",
     "https://creativecommons.org/licenses/sampling/1.0/",
     "https://creativecommons.org/publicdomain/zero/2.0/",
     "https://creativecommons.org/publicdomain/other/1.0/"],
)  # fmt: skip
def test_licences_that_do_not_exist_are_none(text: str) -> None:
    assert label_of(text) is None


def test_dedication_and_mark_are_no_licences() -> None:
    for kind in ("zero", "mark"):
        label = label_of(f"creativecommons.org/publicdomain/{kind}")
        assert label is not None
        assert label.uri == f"https://creativecommons.org/publicdomain/{kind}/1.0/"
        assert label.copyright_status == "publicdomain"
        assert not label.conditions


def test_an_unknown_code_is_answered_with_the_nearest() -> None:
    assert uri_hint("http://rightsstatements.org/vocab/InC-ED/1.0/") == "did you mean InC-EDU?"
    assert "InC-OW-EU" in uri_hint("nonsense")
