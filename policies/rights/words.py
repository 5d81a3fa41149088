"""The vocabulary of rights: PREMIS 3 words where it has them, ours where it has none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from policies.acts import AUDIENCES as AUDIENCES
from policies.acts import Act as Act
from policies.acts import Audience as Audience

Restriction = Literal["allow", "conditional", "disallow"]
Layer = Literal["recording", "performance", "work", "artwork"]

ACTS: Mapping[Act, str] = {
    "replicate": "make further copies, as packaging and repair do",
    "migrate": "carry over into another format",
    "modify": "make something else of it, such as an excerpt",
    "use": "listen to it in the house",
    "disseminate": "give it to an audience",
    "delete": "remove it from the archive",
    "distribute": "hand out copies that everybody may pass on",
}
"""PREMIS 3's acts, and ``distribute``, which is ours."""

GIVING: frozenset[Act] = frozenset({"disseminate", "distribute"})
"""Acts by which something leaves the house; every layer must be cleared for them."""

RESTRICTIONS: tuple[Restriction, ...] = ("allow", "conditional", "disallow")
LAYERS: tuple[Layer, ...] = ("recording", "performance", "work", "artwork")

STATUSES = ("active", "superseded", "disputed", "withdrawn")
IN_QUESTION = frozenset({"disputed", "withdrawn"})
PREMIS_BASES = ("copyright", "license", "statute", "other")
OTHER_BASES = ("donor", "deposit", "own-production", "policy", "other")
COPYRIGHT_STATUSES = ("copyrighted", "publicdomain", "unknown")
ON_EXPIRY = ("keep_dark", "review", "return", "destroy")
EVIDENCE_TYPES = (
    "deed_of_gift", "deposit_agreement", "legal_deposit_receipt", "purchase_receipt",
    "license_agreement", "eula_capture", "assignment", "own_production_declaration",
    "artist_permission", "cc_license_capture", "statute_memo", "diligent_search_report",
    "risk_assessment", "takedown_request", "court_order",
)  # fmt: skip

FROM_HOUSE: Mapping[str, tuple[str, str | None]] = {
    "own-production": ("other", "own-production"),
    "copyright-owner": ("copyright", None),
    "licence": ("license", None),
    "public-domain": ("copyright", None),
    "statute": ("statute", None),
    "deposit": ("other", "deposit"),
    "donor": ("other", "donor"),
    "other": ("other", "other"),
}
"""The words of :data:`policies.bases.BASES` as PREMIS 3 basis and ``other_basis``."""


def house_word(basis: str, other_basis: str | None, copyright_status: str | None) -> str:
    """Return the word of :data:`policies.bases.BASES` for a basis in PREMIS 3's words.

    It is what a policy's list of accepted bases and the catalogue speak of.
    """
    if basis == "license":
        return "licence"
    if basis == "copyright":
        return "public-domain" if copyright_status == "publicdomain" else "copyright-owner"
    if basis == "statute":
        return "statute"
    return other_basis if other_basis in FROM_HOUSE and other_basis is not None else "other"
