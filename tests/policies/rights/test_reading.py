"""Rights files: read whole or refused whole, every mistake at its key and with a suggestion."""

from __future__ import annotations

import json
from datetime import date

import pytest

from policies.rights import book_of, parse_book
from policies.rights.model import ALLOW, DISALLOW, Case, Defaults, Grant, Term
from policies.rights.presets import PRESETS
from policies.rights.reading import RightsMistakes
from policies.rights.record import bag_book, basis_of, book_record
from policies.rights.simple import GRANTED, RightsStatement
from policies.rights.words import AUDIENCES
from tests.policies.rights.scene import HEAD, book, granting, mistakes

SHORT = """
[[statements]]
id = "R-1"
basis = "other"
other_basis = "policy"
applies_to = ["**"]
"""
ACTS = '[statements.acts]\nreplicate = "allow"\n'

FULL = """
[defaults]
territory = "FR"
notice_days = 30
on_expiry = "review"

[[statements]]
id = "R-0042"
status = "disputed"
since = 2026-03-01
reference = "letter of 1 March"
basis = "license"
note = "see the contract"
determined = 2024-01-02
layers = ["recording", "performance"]
copyright = {status = "copyrighted", jurisdiction = "FR", determined = 2026-03-01, by = "J. M."}
statement_uri = "http://rightsstatements.org/vocab/InC/1.0/"
rightsholders = [{name = "Label X", role = "producer", id = "isni:1"}, {name = "Y"}]
term = {start = 2024-01-01, end = 2029-12-31}
embargo_until = "2027-01-01"
on_expiry = "return"
privacy = {personal_data = true}
attribution = "Label X"
evidence = ["E-7"]
review_due = 2029-06-30
applies_to = ["label-x/**", {path = "more/*.wav"}, {isrc_prefix = "FR-X01"}]
except = ["label-x/own/**"]

[statements.acts]
replicate = {restriction = "conditional", max_copies = 3}
migrate = "allow"
disseminate = [
  {restriction = "conditional", audience = "onsite", territory = ["FR"], note = "2 terminals"},
  {restriction = "conditional", audience = "staff"},
]
distribute = "disallow"
modify = {restriction = "disallow", audience = "public", territory = ["US"]}

[[statements]]
id = "R-2"
basis = "statute"
statute = {preset = "us-108c", determined = 2026-01-01, by = "A. B.", attest.in_collection = true}
term = {start = 2025-01-01}
applies_to = ["old/**"]
acts = {replicate = "allow", disseminate = {restriction = "conditional", audience = "onsite"}}

[[evidence]]
id = "E-7"
type = "license_agreement"
date = 2024-01-01
parties = ["us", "Label X"]
file = "evidence/E-7.pdf"
sha256 = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
confidential = true

[[evidence]]
id = "E-8"
type = "artist_permission"
reference = "https://example.org/mail/1"
"""


def test_everything_a_rights_file_can_say_is_read() -> None:
    found = book(FULL)
    assert found.defaults == Defaults("FR", 30, "review")
    first, second = found.statements
    assert (first.id, first.status, first.basis, first.house_basis) == (
        "R-0042", "disputed", "license", "licence",
    )  # fmt: skip
    assert first.since == date(2026, 3, 1)
    assert first.layers == ("recording", "performance")
    assert first.copyright is not None
    assert first.copyright.jurisdiction == "FR"
    assert [holder.name for holder in first.rightsholders] == ["Label X", "Y"]
    assert first.term == Term(date(2024, 1, 1), date(2029, 12, 31))
    assert first.embargo_until == date(2027, 1, 1)
    assert (first.personal_data, first.culturally_sensitive) == (True, False)
    assert first.paths == ("label-x/**", "more/*.wav")
    assert first.isrc_prefixes == ("FRX01",)
    assert first.excluded == ("label-x/own/**",)
    assert first.acts == {
        "replicate": Grant("conditional", (Case(max_copies=3),)),
        "migrate": ALLOW,
        "modify": Grant("disallow", (Case("public", ("US",)),)),
        "disseminate": Grant(
            "conditional", (Case("onsite", ("FR",), "2 terminals"), Case("staff"))
        ),
        "distribute": DISALLOW,
    }
    assert second.statute is not None
    assert second.statute.citation == "17 USC 108(c)"
    assert second.statute.attested == {"in_collection"}
    assert second.term == Term(date(2025, 1, 1), "unknown")
    document, mail = found.evidence
    assert (document.sha256, document.confidential) == ("a" * 64, True)
    assert (mail.file, mail.reference) == (None, "https://example.org/mail/1")
    assert found.statement("R-2") is second
    with pytest.raises(KeyError):
        found.statement("R-3")


def test_what_is_in_a_bag_is_read_back_the_same() -> None:
    found = book(FULL)
    record = {"format": "audio-archiver/rights", "version": 2, "scope": "file"}
    again = bag_book(json.loads(json.dumps({**record, **book_record(found)})))
    assert book_record(again) == book_record(found)
    assert again.statements[0] == found.statements[0]
    assert again.evidence == found.evidence


def test_a_preset_bounds_the_copies_it_carries() -> None:
    (one,) = (one for one in book(FULL).statements if one.id == "R-2")
    assert one.acts["replicate"] == Grant("conditional", (Case(max_copies=3),))


@pytest.mark.parametrize(
    ("basis", "house"),
    [("own-production", "own-production"), ("copyright-owner", "copyright-owner"),
     ("licence", "licence"), ("public-domain", "public-domain"), ("deposit", "deposit"),
     ("donor", "donor"), ("license", "licence"), ("copyright", "copyright-owner")],
)  # fmt: skip
def test_the_words_of_the_command_line_are_bases_too(basis: str, house: str) -> None:
    text = f'[[statements]]\nid = "R-1"\nbasis = "{basis}"\napplies_to = ["**"]\n{ACTS}'
    (one,) = book(text).statements
    assert one.house_basis == house
    assert basis_of(book(text)) == house


def test_other_bases_keep_their_word_where_policies_have_it() -> None:
    for other, house in [("donor", "donor"), ("policy", "other"), ("other", "other")]:
        (one,) = book(SHORT.replace('"policy"', f'"{other}"') + ACTS).statements
        assert (one.basis, one.house_basis) == ("other", house)


def test_several_bases_are_named_in_order() -> None:
    more = '[[statements]]\nid = "R-2"\nbasis = "licence"\napplies_to = ["a"]\n' + ACTS
    assert basis_of(book(SHORT + ACTS + more)) == "licence, other"


def test_statements_none_of_which_holds_have_the_basis_other() -> None:
    assert basis_of(book(SHORT + 'status = "withdrawn"\n' + ACTS)) == "other"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["statements: this list is missing"]),
        ("statements = []", ["statements: there is no statement"]),
        ("statements = 1", ["statements: must be a list of tables"]),
        ("statements = [1]", ["statements[1]: must be a table"]),
        ("defaults = 1\n" + SHORT + ACTS, ["defaults: must be a table"]),
        ('[defaults]\nterritory = "France"\nnotice_days = -1\n' + SHORT + ACTS,
         ["defaults.territory: 'France' is no territory", "defaults.notice_days: -1 is less"]),
        (SHORT, ["statements[R-1].acts: this table is missing"]),
        (SHORT + ACTS + SHORT + ACTS, ["statements: the id 'R-1' stands there 2 times"]),
        (SHORT.replace("R-1", "a/b") + ACTS, ["statements[1].id: 'a/b' is no id"]),
        (SHORT.replace('id = "R-1"', "") + ACTS, ["statements[1].id: this key is missing"]),
        (SHORT.replace("applies_to", "applies-to") + ACTS,
         ["statements[R-1].applies-to: there is no such key (did you mean applies_to?)",
          "statements[R-1].applies_to: a list of paths must be here"]),
        (SHORT.replace('["**"]', '["/a", {isrc_prefix = "1"}, 3, {x = "y"}]') + ACTS,
         ["statements[R-1].applies_to: '/a'", "statements[R-1].applies_to: no ISRC begins with '1'",
          "statements[R-1].applies_to: '3' is neither",
          "statements[R-1].applies_to: \"{'x': 'y'}\" is neither"]),
        (SHORT + 'except = ["a//b"]\n' + ACTS, ["statements[R-1].except: 'a//b'"]),
        (SHORT.replace('other_basis = "policy"', "") + ACTS,
         ["statements[R-1].other_basis: the basis other needs it"]),
        (SHORT.replace('"other"', '"statute"', 1) + ACTS,
         ["statements[R-1].other_basis: it belongs to the basis other only",
          "statements[R-1].statute: the basis statute needs this table"]),
        (SHORT.replace('"other"', '"licens"', 1) + ACTS,
         ["statements[R-1].basis: 'licens' is not known (did you mean license?)",
          "statements[R-1].other_basis: it belongs"]),
        (SHORT + 'status = "actve"\n' + ACTS, ["statements[R-1].status: 'actve' is not known"]),
        (SHORT + "layers = []\n" + ACTS, ["statements[R-1].layers: a statement is about one"]),
        (SHORT + 'evidence = ["E-1"]\n' + ACTS, ["statements[R-1].evidence: 'E-1' is not known"]),
        (SHORT + 'note = " "\n' + ACTS, ["statements[R-1].note: this text is empty"]),
        (SHORT + "note = 1\n" + ACTS, ["statements[R-1].note: Expected str"]),
        (SHORT + 'review_due = "soon"\n' + ACTS, ["statements[R-1].review_due: 'soon' is not"]),
        (SHORT + 'review_due = "20260101"\n' + ACTS, ["statements[R-1].review_due: '20260101'"]),
        (SHORT + "review_due = 2026-01-01T00:00:00Z\n" + ACTS, ["statements[R-1].review_due:"]),
        (SHORT + "review_due = 2026\n" + ACTS, ["statements[R-1].review_due: '2026' is not a day"]),
        (SHORT + 'copyright = {jurisdiction = "fr"}\n' + ACTS,
         ["statements[R-1].copyright.status: this key is missing",
          "statements[R-1].copyright.jurisdiction: 'fr' is no territory"]),
        (SHORT + "copyright = 1\n" + ACTS, ["statements[R-1].copyright: must be a table"]),
        (SHORT + 'statute = {preset = "us-108b"}\n' + ACTS,
         ["statements[R-1].statute: it belongs to the basis statute only"]),
        (SHORT + 'statute = {attest = 1}\n' + ACTS,
         ["statements[R-1].statute: it belongs", "statements[R-1].statute.citation: this key",
          "statements[R-1].statute.attest: must be a table"]),
        (SHORT + "term = {start = 2026-01-02, end = 2026-01-01}\n" + ACTS,
         ["statements[R-1].term.end: 2026-01-01 is before the start"]),
        (SHORT + "term = {end = 3}\n" + ACTS, ["statements[R-1].term.end: '3' is not a day"]),
        (SHORT + 'rightsholders = [{role = "x"}]\n' + ACTS,
         ["statements[R-1].rightsholders[1].name: this key is missing"]),
        (SHORT + "privacy = {personal_data = 1}\n" + ACTS,
         ["statements[R-1].privacy.personal_data: Expected bool"]),
        (SHORT + '[statements.acts]\nreplicte = "allow"\n',
         ["statements[R-1].acts.replicte: there is no such key (did you mean replicate?)"]),
        (SHORT + '[statements.acts]\nuse = "alow"\n', ["statements[R-1].acts.use: 'alow' is not"]),
        (SHORT + '[statements.acts]\nuse = "conditional"\n',
         ["statements[R-1].acts.use: a condition must be named"]),
        (SHORT + "[statements.acts]\nuse = []\nmodify = 3\n",
         ["statements[R-1].acts.modify: must be a word or a table",
          "statements[R-1].acts.use: must be a word or a table"]),
        (SHORT + '[statements.acts]\nuse = {restriction = "allow", note = "x"}\n',
         ["statements[R-1].acts.use.note: what is allowed has no condition"]),
        (SHORT + '[statements.acts]\nuse = {restriction = "conditional"}\n',
         ["statements[R-1].acts.use.note: a condition must be named"]),
        (SHORT + "[statements.acts]\nuse = {}\n",
         ["statements[R-1].acts.use.restriction: this key is missing"]),
        (SHORT + '[statements.acts]\nuse = {restriction = "disallow", max_copies = 1}\n',
         ["statements[R-1].acts.use.max_copies: it belongs to what is granted"]),
        (SHORT + '[statements.acts]\nuse = {restriction = "disallow", audience = "all"}\n',
         ["statements[R-1].acts.use.audience: 'all' is not known"]),
        (SHORT + '[statements.acts]\nuse = {restriction = "disallow", territory = []}\n',
         ["statements[R-1].acts.use.territory: no territory at all"]),
        (SHORT + '[statements.acts]\nuse = {restriction = "disallow", territory = ["fr"]}\n',
         ["statements[R-1].acts.use.territory: 'fr' is no territory"]),
        (SHORT + '[statements.acts]\nuse = {restriction = "disallow", territory = "FR"}\n',
         ["statements[R-1].acts.use.territory: Expected array"]),
        (SHORT + '[statements.acts]\nuse = [{restriction = "disallow"}, {restriction = "allow"}]\n',
         ["statements[R-1].acts.use: all of its tables must have the same restriction"]),
        (SHORT + ACTS + "[[evidence]]\n",
         ["evidence[1].id: this key is missing", "evidence[1].type: this key is missing",
          "evidence[1].file: this key is missing"]),
        (SHORT + ACTS + '[[evidence]]\nid = "E"\ntype = "eula_capture"\nfile = "x"\n',
         ["evidence[E].sha256: this key is missing (sha256sum x)"]),
        (SHORT + ACTS + '[[evidence]]\nid = "E"\ntype = "eula_capture"\nreference = "x"\n'
         "confidential = true\n", ["evidence[E].sha256: this key is missing (sha256sum D"]),
        (SHORT + ACTS + '[[evidence]]\nid = "E"\ntype = "eula_capture"\nreference = "x"\n'
         'file = "y"\nsha256 = "12"\n',
         ["evidence[E].reference: a document has either", "evidence[E].sha256: this is no"]),
        (SHORT + ACTS + '[[evidence]]\nid = "E"\ntype = "eula_capture"\nfile = "../x"\n'
         f'sha256 = "{"0" * 64}"\n', ["evidence[E].file: '../x' does not lie below"]),
        (SHORT + ACTS + "evidence = 1\n", ["statements[R-1].acts.evidence: there is"]),
    ],
)  # fmt: skip
def test_each_mistake_is_named_at_its_key(text: str, expected: list[str]) -> None:
    found = mistakes(text)
    assert len(found) == len(expected), found
    for line, beginning in zip(found, expected, strict=True):
        assert line.startswith(beginning)


def test_ten_mistakes_are_reported_as_ten() -> None:
    text = SHORT + 'a = 1\nb = 1\nstatus = "x"\nlayers = ["y"]\nnote = 1\nterm = 1\n' + ACTS
    text += '[[evidence]]\nid = "E"\ntype = "x"\nfile = "y"\nsha256 = "z"\nmore = 1\n'
    text = text.replace('["**"]', "[]")
    assert len(mistakes(text)) == 10


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('format = "audio-archiver/policy"\nversion = 1\n', "format: 'audio-archiver/policy'"),
        (
            'format = "audio-archiver/rights-statements"\nversion = 2\n',
            "version: 2 is newer than 1",
        ),
        ('format = "audio-archiver/rights-statements"\nversion = 0\n', "version: there is no"),
        ('format = "audio-archiver/rights-statements"\n', "version: this key is missing"),
    ],
)
def test_a_file_of_another_kind_or_version_is_not_read(head: str, expected: str) -> None:
    (found,) = mistakes(SHORT + ACTS, head)
    assert found.startswith(expected)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_carries_no_more_than_the_law_it_stands_for(name: str) -> None:
    preset = PRESETS[name]
    text = SHORT.replace('"other"\nother_basis = "policy"', '"statute"')
    text += f'statute = {{preset = "{name}"}}\n[statements.acts]\ndelete = "allow"\n'
    text += f'disseminate = {{restriction = "conditional", audience = "{preset.audience}"}}\n'
    found = mistakes(text)
    assert found[0] == (
        f"statements[R-1].acts.delete: {preset.citation} carries no delete (leave it away)"
        if "disseminate" in preset.acts
        else f"statements[R-1].acts.disseminate: {preset.citation} carries no disseminate"
        " (leave it away)"
    )
    rank = AUDIENCES.index(preset.audience)
    for wider in AUDIENCES[rank + 1 :]:
        wide = mistakes(text.replace(f'"{preset.audience}"', f'"{wider}"'))
        assert any(f"does not reach {wider}" in line for line in wide)


def test_a_preset_says_nothing_against_what_is_denied_or_for_more_copies_than_it_has() -> None:
    text = SHORT.replace('"other"\nother_basis = "policy"', '"statute"')
    text += 'statute = {preset = "us-108b"}\n[statements.acts]\ndelete = "disallow"\n'
    assert book(text).statements[0].acts == {"delete": DISALLOW}
    more = text + 'replicate = {restriction = "conditional", max_copies = 4}\n'
    assert mistakes(more) == [
        "statements[R-1].acts.replicate: 17 USC 108(b) carries 3 copies (write max_copies = 3)"
    ]
    fewer = book(text + 'replicate = {restriction = "conditional", max_copies = 2}\n')
    assert fewer.statements[0].acts["replicate"].cases[0].max_copies == 2


def test_a_law_without_a_preset_is_cited() -> None:
    text = SHORT.replace('"other"\nother_basis = "policy"', '"statute"')
    text += 'statute = {citation = "§ 99", attest = {anything = true}}\n' + ACTS
    statute = book(text).statements[0].statute
    assert statute is not None
    assert (statute.citation, sorted(statute.attested)) == ("§ 99", ["anything"])
    unknown = text.replace("citation", "preset")
    assert mistakes(unknown)[0].startswith(
        "statements[R-1].statute.preset: '\\xa7 99' is not known"
    )


@pytest.mark.parametrize("basis", GRANTED)
def test_a_basis_in_few_words_becomes_one_statement_about_everything(basis: str) -> None:
    found = book_of(RightsStatement(basis, "why", "2024-05-01"))
    (one,) = found.statements
    assert (one.id, one.paths, one.note, one.house_basis) == ("R-1", ("**",), "why", basis)
    assert one.determined == date(2024, 5, 1)
    assert "replicate" in one.acts
    assert found.brief
    assert parse_book(f'[rights]\nbasis = "{basis}"\nnote = "why"\n'.encode()).brief


def test_bags_of_version_1_and_brief_ones_of_version_2_hold_one_statement() -> None:
    record = {"format": "audio-archiver/rights", "scope": "bag", "basis": "licence",
              "note": "CC0", "date": None}  # fmt: skip
    for version in (1, 2):
        found = bag_book({**record, "version": version})
        assert found == book_of(RightsStatement("licence", "CC0"))


@pytest.mark.parametrize(
    "change",
    [{"format": "x"}, {"version": 3}, {"version": "1"}, {"basis": "x"}, {"basis": 1}, {"note": 1},
     {"version": 2, "scope": "file"}, {"version": 2, "scope": "file", "statements": 1}],
)  # fmt: skip
def test_a_record_that_is_none_of_ours_is_refused(change: dict[str, object]) -> None:
    record: dict[str, object] = {
        "format": "audio-archiver/rights", "version": 1, "basis": "donor", "note": "x",
        "date": None,
    }  # fmt: skip
    bag_book(record)
    with pytest.raises(RightsMistakes):
        bag_book({**record, **change})


def test_a_record_leaves_out_what_says_nothing() -> None:
    from policies.rights.record import statement_record

    assert statement_record(granting("use")) == {
        "id": "R-1", "status": "active", "basis": "license", "acts": {"use": "allow"},
        "applies_to": ["**"],
    }  # fmt: skip


def test_the_head_is_that_of_the_format() -> None:
    assert parse_book((HEAD + SHORT + ACTS).encode()).statements[0].note is None


def test_a_mistake_is_placed_in_its_line_whichever_statement_it_is_in() -> None:
    text = (
        SHORT + ACTS + SHORT.replace("R-1", "R-2") + 'since = "x"\n[statements.acts]\nuse = "no"\n'
    )
    with pytest.raises(RightsMistakes) as caught:
        parse_book((HEAD + text).encode())
    places = [mistake.placed.partition(": ")[0] for mistake in caught.value.mistakes]
    lines = (HEAD + text).splitlines()
    assert places == [f"line {lines.index(line) + 1}" for line in ('use = "no"', 'since = "x"')]
