"""What files claim of themselves is recognised, compared, and grants nothing."""

from __future__ import annotations

from typing import Any

import pytest

from policies.rights import RightsBook
from policies.rights.claims import (
    claims_of,
    compare_claims,
    kind_of,
    named_label,
    personal_fields,
)
from tests.policies.rights.scene import statement

BY_SA = "https://creativecommons.org/licenses/by-sa/3.0/"


@pytest.mark.parametrize(
    ("key", "kind"),
    [("TCOP", "copyright"), ("WCOP", "licence"), ("WOAF", "contact"), ("TPRO", "copyright"),
     ("USER:eng", "licence"), ("OWNE", "purchase"), ("TOWN", "purchase"), ("COMR:x", "purchase"),
     ("COPYRIGHT", "copyright"), ("license", "licence"), ("Contact", "contact"),
     ("cprt", "copyright"), ("\u00a9cpy", "copyright"), ("ICOP", "copyright"),
     ("(c) ", "copyright"),
     ("Copyright", "copyright"), ("Publicationright", "copyright"), ("TXXX:LICENSE", "licence"),
     ("----:com.apple.iTunes:LICENSE", "licence"), ("apID", "purchase"), ("ownr", "purchase"),
     ("purd", "purchase"), ("PRIV:WM/x", "private"), ("TERMS_OF_USE", "licence"),
     ("x:xmpmeta/rdf:RDF/rdf:Description/@xmpRights:WebStatement", "licence"),
     ("x:xmpmeta/xmpRights:UsageTerms/rdf:Alt/rdf:li", "licence"),
     ("x:xmpmeta/xmpRights:Owner/rdf:Bag/rdf:li", "copyright"),
     ("TITLE", None), ("xmpRights", None), ("", None)],
)  # fmt: skip
def test_the_fields_of_every_tag_system_are_known(key: str, kind: str | None) -> None:
    assert kind_of(key) == kind


@pytest.mark.parametrize(
    ("text", "uri"),
    [(BY_SA, BY_SA), ("Licensed to the public under http://creativecommons.org/licenses/by-sa/3.0/"
      " verify at http://example.org", BY_SA), ("CC BY-SA 3.0", BY_SA), ("cc-by-sa v3.0", BY_SA),
     ("see creativecommons.org/licenses/by-sa/3.0.", BY_SA), ("CC0", None), ("all rights", None),
     ("http://creativecommons.org/about", None), ("CC BY 9.0", None)],
)  # fmt: skip
def test_a_licence_is_recognised_by_address_or_name(text: str, uri: str | None) -> None:
    label = named_label(text)
    if text == "CC0":
        assert label is not None
        assert label.uri.endswith("/zero/1.0/")
    else:
        assert (label.uri if label else None) == uri


def test_claims_are_told_once_and_cut_for_people() -> None:
    claims = claims_of([("TITLE", "x"), ("TCOP", " a\n"), ("TCOP", "a"), ("ICOP", "b" * 300)])
    assert [claim.value for claim in claims] == ["a", "b" * 300]
    assert str(claims[0]) == "TCOP says a"
    assert str(claims[1]) == f"ICOP says {'b' * 200}\u2026"
    assert claims[0].label is None


def test_fields_that_name_the_buyer_are_told() -> None:
    claims = claims_of(
        [("PRIV:x", "1"), ("OWNE", "2"), ("COMR:y", "3"), ("OWNE", "4"), ("TCOP", "5")]
    )
    assert personal_fields(claims) == ("PRIV:x", "OWNE")


def test_a_claim_is_borne_out_by_uri_note_or_attribution() -> None:
    fields = [("LICENSE", "CC BY-SA 3.0"), ("USER", "House Terms"), ("CONTACT", "x"), ("WCOP", "")]
    claims = claims_of(fields)

    def compared(**more: Any) -> list[str]:
        one = statement(**more)
        return [reason.detail for reason in compare_claims(claims, [one], RightsBook((one,)))]

    assert compared() == [
        "LICENSE says CC BY-SA 3.0; R-1 does not",
        "USER says House Terms; R-1 does not",
    ]
    assert compared(statement_uri=BY_SA, note="under our house terms of 2020") == []
    assert compared(note="CC BY-SA 3.0", attribution="House Terms") == []
    assert compared(note="CC BY 3.0", attribution="House Terms") == [
        "LICENSE says CC BY-SA 3.0; R-1 does not"
    ]
    superseded = compared(status="superseded", statement_uri=BY_SA)
    assert superseded[0] == "LICENSE says CC BY-SA 3.0; no statement does not"
