"""Statutory presets: provisions that allow preservation copies, and what each asks to attest.

Not legal advice: the program asks for each attestation, records it, and judges nothing. What a
preset cannot carry (a wider audience, more copies, other acts) is reported as a mistake.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from policies.rights.words import Act, Audience

KEEPING: frozenset[Act] = frozenset({"replicate", "migrate", "modify", "use"})


@dataclass(frozen=True, slots=True)
class Preset:
    """One provision: ``attest`` holds the conditions, key to sentence.

    ``acts`` is the most it carries, ``audience`` the widest audience for ``disseminate``.
    """

    citation: str
    gist: str
    attest: Mapping[str, str]
    acts: frozenset[Act] = KEEPING
    max_copies: int | None = None
    audience: Audience = "staff"


_GIVEN_IN_HOUSE: frozenset[Act] = KEEPING | {"disseminate"}
_IN_COLLECTION = "the item is in the collection"
_IN_PERMANENT = "the item is permanently in the collection"
_NECESSARY = "copies go no further than preservation needs"
_UNPUBLISHED = "the item is unpublished"
_NO_ACCESS = "no digital copy is given to the public off the premises"

# fmt: off
PRESETS: Mapping[str, Preset] = {
    "us-108b": Preset(
        "17 USC 108(b)", "unpublished works: three copies for preservation and security",
        {"in_collection": _IN_COLLECTION, "unpublished": _UNPUBLISHED,
         "premises_only": _NO_ACCESS},
        _GIVEN_IN_HOUSE, 3, "onsite"),
    "us-108c": Preset(
        "17 USC 108(c)", "published works: three copies to replace what is damaged or obsolete",
        {"in_collection": _IN_COLLECTION,
         "damaged_or_obsolete": "it is damaged, deteriorating, lost or stolen, or its format is"
                                " obsolete",
         "no_replacement": "reasonable effort found no unused replacement at a fair price",
         "premises_only": _NO_ACCESS, "notice_kept": "the copies bear the notice of copyright"},
        _GIVEN_IN_HOUSE, 3, "onsite"),
    "us-1401": Preset(
        "17 USC 1401", "recordings fixed before 1972",
        {"fixed_before_1972": "the sounds were fixed before 15 February 1972",
         "not_exploited": "a search found no commercial exploitation",
         "notice_filed": "the notice of use was filed and the time to object is over",
         "non_commercial": "the use is not commercial"},
        KEEPING | {"disseminate", "distribute"}, None, "public"),
    "eu-2019-790-6": Preset(
        "Directive (EU) 2019/790, Article 6", "cultural heritage institutions: preservation",
        {"heritage_institution": "we are a cultural heritage institution",
         "permanent_collection": "we own it, or hold it permanently: legal deposit, custody",
         "extent_necessary": _NECESSARY},
        KEEPING),
    "uk-cdpa-42": Preset(
        "Copyright, Designs and Patents Act 1988, section 42", "preserve or replace an item",
        {"permanent_collection": _IN_PERMANENT,
         "reference_only": "it is for reference, or not accessible to the public, or lent to"
                           " institutions only",
         "not_purchasable": "it is not reasonably practicable to buy a copy"},
        KEEPING),
    "de-urhg-60e": Preset(
        "UrhG § 60e Abs. 1", "libraries: preservation, with technical changes",
        {"library": "we are a library open to the public, without commercial purpose",
         "in_holdings": "it is in our holdings", "extent_necessary": _NECESSARY},
        KEEPING),
    "de-urhg-60f": Preset(
        "UrhG § 60f Abs. 1", "archives, museums, film and sound heritage bodies: preservation",
        {"heritage_body": "we are an archive, museum or body of sound heritage, open to the public",
         "in_holdings": "it is in our holdings", "extent_necessary": _NECESSARY},
        KEEPING),
    "fr-l122-5-8": Preset(
        "Code de la propriété intellectuelle, L.122-5 8°", "conservation and consultation on site",
        {"public_body": "we are a public library, museum or archive",
         "no_advantage": "no economic advantage is sought"},
        _GIVEN_IN_HOUSE, None, "onsite"),
    "fr-legal-deposit": Preset(
        "Code du patrimoine, L.131-2 and R.132-15", "legal deposit of phonograms",
        {"depository": "we are the body that the law names for this deposit",
         "deposit_receipt": "the deposit is receipted"},
        _GIVEN_IN_HOUSE, None, "onsite"),
    "ca-30.1": Preset(
        "Copyright Act (Canada), section 30.1", "management of a permanent collection",
        {"permanent_collection": _IN_PERMANENT,
         "ground": "it is rare or unpublished and at risk, or its format is obsolete, or the copy"
                   " is for cataloguing, insurance or restoration",
         "not_available": "no appropriate copy is commercially available, where the law asks so",
         "intermediate_destroyed": "intermediate copies are destroyed"},
        KEEPING),
}
# fmt: on
