"""Rights that files claim of themselves: shown, compared with the statements, granting nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from policies.codes import RULES
from policies.names import shown
from policies.rights.model import RightsBook, Statement
from policies.rights.uris import Label, label_of
from policies.verdicts import Reason

Kind = Literal["licence", "copyright", "contact", "purchase", "private"]

_KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(
        ("WCOP", "WCP", "USER", "LICENSE", "LICENCE", "TERMS_OF_USE", "WM/COPYRIGHTURL",
         "XMPRIGHTS:WEBSTATEMENT", "XMPRIGHTS:USAGETERMS"),
        "licence",
    ),
    **dict.fromkeys(
        ("TCOP", "TCR", "TPRO", "COPYRIGHT", "PUBLICATIONRIGHT", "CPRT", "©CPY", "ICOP", "(C)",
         "XMPRIGHTS:OWNER", "XMPRIGHTS:MARKED"),
        "copyright",
    ),
    **dict.fromkeys(("WOAF", "CONTACT"), "contact"),
    **dict.fromkeys(("OWNE", "TOWN", "COMR", "APID", "OWNR", "PURD"), "purchase"),
    "PRIV": "private",
}  # fmt: skip
_PREFIXES = ("TXXX:", "----:COM.APPLE.ITUNES:")
_ADDRESS = re.compile(
    r"(?:https?://)?(?:www\.)?(?:creativecommons|rightsstatements)\.org/[^\s<>\"')]+"
)
_ABBREVIATED = re.compile(
    r"\bCC[\s-]+(BY(?:[\s-]+(?:NC|ND|SA))*)[\s-]+v?([1-4]\.\d)\b(?:\s+unported)?", re.IGNORECASE
)
_ZERO = re.compile(r"\bCC[\s-]?0\b|\bCC[\s-]zero\b|publicdomain/zero", re.IGNORECASE)
_PERSONAL = frozenset({"OWNE", "TOWN", "APID", "OWNR", "PURD", "PRIV"})
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Claim:
    """What one field of a file says: ``field`` as the file calls it, ``value`` as text."""

    field: str
    value: str
    kind: Kind

    @property
    def label(self) -> Label | None:
        """The public licence or statement it names, if it names one."""
        return named_label(self.value)

    def __str__(self) -> str:
        short = self.value if len(self.value) <= _LONGEST else f"{self.value[:_LONGEST]}…"
        return f"{shown(self.field)} says {shown(short)}"


def kind_of(key: str) -> Kind | None:
    """Return what a field called ``key`` claims; ``None`` for fields that are not about rights."""
    name = key.upper()
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    if (mark := name.find("XMPRIGHTS:")) >= 0:
        name = name[mark:].partition("/")[0]
    kind = _KINDS.get(name.strip())
    return kind or _KINDS.get(name.partition(":")[0].strip())


def claims_of(fields: Iterable[tuple[str, str]]) -> tuple[Claim, ...]:
    """Return what the fields of one file (key, text) claim about rights, each once."""
    return tuple(
        dict.fromkeys(
            Claim(key, value.strip(), kind)
            for key, value in fields
            if (kind := kind_of(key)) is not None
        )
    )


def named_label(text: str) -> Label | None:
    """Return the public licence or statement that a text names, by its address or its name."""
    if label := label_of(text):
        return label
    if address := _ADDRESS.search(text):
        return label_of(address[0].rstrip(".,;:"))
    if short := _ABBREVIATED.search(text):
        kind = re.sub(r"[\s-]+", "-", short[1])
        return label_of(f"creativecommons.org/licenses/{kind}/{short[2]}/")
    if _ZERO.search(text):
        return label_of("creativecommons.org/publicdomain/zero/1.0/")
    return None


def personal_fields(claims: Iterable[Claim]) -> tuple[str, ...]:
    """Return the fields that name the buyer of the file."""
    fields = (claim.field for claim in claims)
    return tuple(dict.fromkeys(one for one in fields if one.upper().partition(":")[0] in _PERSONAL))


def compare_claims(
    claims: Sequence[Claim], found: Sequence[Statement], book: RightsBook
) -> Iterator[Reason]:
    """Yield where the file's claims and the statements about it do not say the same.

    ``found`` are the statements that match the file, of any status.
    """
    active = [one for one in found if one.status == "active"]
    ids = ", ".join(sorted(one.id for one in active)) or "no statement"
    for claim in claims:
        if claim.kind in ("licence", "copyright") and not _is_borne_out(claim, active):
            yield _reason("rights-claim-unmatched", f"{claim}; {ids} does not")
    bought = tuple(claim.field for claim in claims if claim.kind == "purchase")
    if bought and any(_takes_for_owned(one, book) for one in active):
        detail = f"{', '.join(shown(field) for field in dict.fromkeys(bought))}; basis of {ids}"
        yield _reason("rights-store-download", detail)


def _is_borne_out(claim: Claim, active: Sequence[Statement]) -> bool:
    label = claim.label
    if label is not None:
        return any(_label_uri(one) == label.uri or _notes(one, label) for one in active)
    if claim.kind == "licence":
        text = claim.value.casefold()
        return not text or any(text in _words_of(one) for one in active)
    # That somebody holds the copyright is no news, unless a statement says that nobody does.
    return not any(one.house_basis == "public-domain" for one in active)


def _label_uri(statement: Statement) -> str | None:
    label = label_of(statement.statement_uri or "")
    return label.uri if label else None


def _notes(statement: Statement, label: Label) -> bool:
    found = named_label(statement.note or "")
    return found is not None and found.uri == label.uri


def _words_of(statement: Statement) -> str:
    texts = (statement.note, statement.statement_uri, statement.attribution)
    return "\n".join(text for text in texts if text).casefold()


def _takes_for_owned(statement: Statement, book: RightsBook) -> bool:
    """Tell whether a statement takes a bought file for one's own, or rests on a receipt alone."""
    if statement.house_basis in ("own-production", "copyright-owner"):
        return True
    types = [one.type for one in book.evidence if one.id in statement.evidence]
    return bool(types) and set(types) == {"purchase_receipt"}


def _reason(code: str, detail: str) -> Reason:
    return Reason(code, RULES[code].level, detail)
