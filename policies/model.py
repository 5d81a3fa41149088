"""What a policy file holds, section by section.

Both the reading of files and the JSON Schema for editors come from these classes. A key that is
left out has the default shown here, which asks for nothing.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from policies.admission import AdmissionRules
from policies.bases import BASES
from policies.content_codes import FORMATS, MASTERS, METADATA, PACKAGING, PROTECTION
from policies.profiles.shipped import SHIPPED
from policies.quantities import HOURS_PATTERN, SIZE_PATTERN, TIME_PATTERN, WINDOW_PATTERN
from policies.rule import Level
from policies.vocabulary import (
    ANY,
    DOCUMENTS,
    FILE_FIELDS,
    FORMAT_IDS,
    MANIFEST_ALGORITHMS,
    MEDIA,
    NOTICES,
)

FORMAT = "audio-archiver/policy"
VERSION = 2

# ``words`` is the table a word must be of; ``must`` is what a person is told about a pattern.
_TIME = {"must": 'must be a length of time such as "90 days" or "1 year"'}
_HOURS = {"must": 'must be a length of time such as "4 hours"'}
_KEEP = {"must": 'must be "for-ever" or a length of time such as "10 years"'}
_SIZE = {"must": 'must be a size such as "5 TB"'}
_NAME = {"must": "must be small letters, digits and hyphens"}
_GLOB = {"must": 'must be a pattern of paths such as "PreservationMasters/**"'}
_PROFILE = {"must": f"must be one of {', '.join(SHIPPED)}, or the name of a .json file"}
_ZONE = {"must": 'must be the name of a time zone such as "Europe/Zurich"'}
_WINDOW = {
    "must": 'must be days and hours such as "mon-fri 07:00-19:00" or "2026-12-24..2027-01-02"'
}
_MAIL = {"must": "must be a mail address"}

Duration = Annotated[str, Meta(pattern=TIME_PATTERN, extra=_TIME)]
Hours = Annotated[str, Meta(pattern=HOURS_PATTERN, extra=_HOURS)]
Keep = Annotated[str, Meta(pattern=f"^for-ever$|{TIME_PATTERN}", extra=_KEEP)]
Size = Annotated[str, Meta(pattern=SIZE_PATTERN, extra=_SIZE)]
Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,40}$", extra=_NAME)]
Glob = Annotated[str, Meta(pattern=r"^[^/\0][^\0]{0,500}$", extra=_GLOB)]
ProfileName = Annotated[
    str,
    Meta(
        pattern=rf"^({'|'.join(SHIPPED)})$|^[A-Za-z0-9][A-Za-z0-9._-]{{0,100}}\.json$",
        extra=_PROFILE,
    ),
]
Zone = Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_+/-]{0,60}$", extra=_ZONE)]
Mail = Annotated[str, Meta(pattern=r"^[^@\s]+@[^@\s]+$", extra=_MAIL)]
WindowText = Annotated[str, Meta(pattern=WINDOW_PATTERN, extra=_WINDOW)]
Text = Annotated[str, Meta(min_length=1, max_length=1000)]
Hertz = Annotated[int, Meta(ge=1, le=100_000_000)]
Few = Annotated[int, Meta(ge=1, le=1_000)]
Percent = Annotated[float, Meta(ge=0, le=100)]
Algorithm = Annotated[str, Meta(extra={"words": MANIFEST_ALGORITHMS})]
Document = Annotated[str, Meta(extra={"words": DOCUMENTS})]
FormatId = Annotated[str, Meta(extra={"words": FORMAT_IDS})]
Accepted = Annotated[str, Meta(extra={"words": (*FORMAT_IDS, ANY)})]
Field = Annotated[str, Meta(extra={"words": FILE_FIELDS})]
Medium = Annotated[str, Meta(extra={"words": MEDIA})]
Notice = Annotated[str, Meta(extra={"words": NOTICES})]
Basis = Annotated[str, Meta(extra={"words": tuple(BASES)})]
Levels = dict[str, Level]


class Section(msgspec.Struct, frozen=True, rename="kebab"):
    """What all sections have in common: their keys are written with hyphens."""


class Packaging(Section, frozen=True, kw_only=True):
    """What a bag is made of and what comes into it."""

    manifest_algorithms: Annotated[
        tuple[Algorithm, ...],
        Meta(description="A payload manifest for each; sha512 or sha256 must be among them."),
    ]
    documents: Annotated[
        tuple[Document, ...],
        Meta(description="Documents for other programs to be written into each bag."),
    ] = ()
    log_checkpoint: Annotated[
        bool,
        Meta(description="A checkpoint of the event log, as it was before, goes into each bag."),
    ] = True
    bag_unit: Annotated[
        Literal["source", "sub-folder"],
        Meta(description="What one bag is made of. A promise: --each is what acts."),
    ] = "source"
    received_bags: Annotated[
        Literal["wrap", "upgrade"],
        Meta(
            description="What `import` makes of a bag: the payload of a new one as it is, or one"
            " of BagIt 1.0 whose payload is its own."
        ),
    ] = "wrap"
    largest_bag: Annotated[
        Size, Meta(description="No bag may be larger. Refuses: bag-too-large.")
    ] = ""
    folders: Annotated[
        tuple[Text, ...],
        Meta(description="The folders foreseen at the top of a source: folder-not-foreseen."),
    ] = ()
    profile: Annotated[
        ProfileName,
        Meta(
            description="The BagIt profile that each bag must meet: the name of a shipped one, or"
            " a .json file beside the policy. Refuses: profile-..."
        ),
    ] = ""
    rules: Annotated[
        Levels,
        Meta(description="Rules and their levels.", extra={"rules": (*PROTECTION, *PACKAGING)}),
    ] = {}
    admission: Annotated[
        AdmissionRules, Meta(description="What happens to entries of the source, by rule.")
    ]


class Master(Section, frozen=True, kw_only=True):
    """What the masters among the recordings must be."""

    files: Annotated[
        tuple[Glob, ...], Meta(description="Which recordings are masters, by path in the source.")
    ] = ("**",)
    lossless: Annotated[bool, Meta(description="No lossy coding: master-lossy.")] = False
    sample_rates: Annotated[
        tuple[Hertz, ...], Meta(description="Sample rates allowed, in Hz: master-sample-rate.")
    ] = ()
    bit_depths: Annotated[
        tuple[Few, ...], Meta(description="Bit depths allowed: master-bit-depth.")
    ] = ()
    channels: Annotated[
        tuple[Few, ...], Meta(description="Numbers of channels allowed: master-channels.")
    ] = ()


class Formats(Section, frozen=True, kw_only=True):
    """Which formats of recordings come in, and what they must be like."""

    accepted: Annotated[
        tuple[Accepted, ...], Meta(description='Formats accepted; "any" accepts all.')
    ]
    preferred: Annotated[
        tuple[FormatId, ...], Meta(description="Others are noted: format-not-preferred.")
    ] = ()
    refused: Annotated[tuple[FormatId, ...], Meta(description="Refused: format-refused.")] = ()
    master: Master = Master()
    rules: Annotated[
        Levels, Meta(description="Rules and their levels.", extra={"rules": (*FORMATS, *MASTERS)})
    ] = {}


class Metadata(Section, frozen=True, kw_only=True):
    """What a bag, and each recording in it, must say of itself."""

    bag_required: Annotated[
        tuple[Text, ...], Meta(description="Labels of bag-info.txt that must be given.")
    ] = ()
    bag_recommended: Annotated[
        tuple[Text, ...], Meta(description="Labels of bag-info.txt that should be given.")
    ] = ()
    required: Annotated[
        tuple[Field, ...], Meta(description="What each recording's tags must say.")
    ] = ()
    recommended: Annotated[
        tuple[Field, ...], Meta(description="What each recording's tags should say.")
    ] = ()
    sidecar: Annotated[
        Name, Meta(description='Extension of the description beside each recording: "json".')
    ] = ""
    rules: Annotated[
        Levels, Meta(description="Rules and their levels.", extra={"rules": METADATA})
    ] = {}


class Fixity(Section, frozen=True, kw_only=True):
    """How often everything is checked, and how: `archiver reverify` keeps to it."""

    tiers: Annotated[
        dict[Name, tuple[Glob, ...]],
        Meta(description="Which bags are on which storage tier, by their ids; else default."),
    ] = {}
    after_sealing: Annotated[
        tuple[Duration, ...],
        Meta(description="How long after its sealing a bag is checked, besides its cadence."),
    ] = ()
    jitter: Annotated[
        Annotated[float, Meta(ge=0, le=50)],
        Meta(
            description="By how much of a cadence, in per cent, bags are due sooner, each by"
            " another part of it: what was sealed together is not due together."
        ),
    ] = 0.0
    cadence: Annotated[
        dict[Name, Duration],
        Meta(description='How often each storage tier is checked; "default" is for the others.'),
    ] = {}
    budget_time: Annotated[Hours, Meta(description="The longest that one run may take.")] = ""
    budget_size: Annotated[Size, Meta(description="The most that one run may read.")] = ""
    sample: Annotated[
        Percent, Meta(description="How much is read within each cadence, in per cent.")
    ] = 100.0
    deep_check: Annotated[
        Duration, Meta(description="How often every manifest is checked, not BLAKE3 alone.")
    ] = ""
    time_zone: Annotated[
        Zone, Meta(description="Whose days and hours are meant, by the name in the IANA list.")
    ] = "UTC"
    blackouts: Annotated[
        dict[Name, tuple[WindowText, ...]],
        Meta(description='When nothing of a tier is read; "default" is for the others.'),
    ] = {}
    longest_pause: Annotated[
        Duration, Meta(description="The longest that a person may pause re-verification.")
    ] = "90 days"
    drill: Annotated[
        Duration, Meta(description="How often a fire drill is held; `status` and `watch` remind.")
    ] = ""
    confirm_by_re_reading: Annotated[
        bool, Meta(description="Read again past the cache before damage is called damage.")
    ] = True


class Rights(Section, frozen=True, kw_only=True):
    """On which grounds a source may be kept."""

    bases: Annotated[tuple[Basis, ...], Meta(description="The bases that are accepted.")]


class Replicas(Section, frozen=True, kw_only=True):
    """How many copies there shall be. A promise: kept, shown, not yet acted on."""

    copies: Annotated[Few, Meta(description="Copies in all, this archive's included.")] = 1
    media: Annotated[tuple[Medium, ...], Meta(description="Media the copies shall be on.")] = ()
    places: Annotated[Few, Meta(description="Places the copies shall be at.")] = 1


class Retention(Section, frozen=True, kw_only=True):
    """How long bags are kept. A promise: nothing is ever deleted by itself."""

    keep: Annotated[Keep, Meta(description="How long a bag is kept.")] = "for-ever"
    deletion: Annotated[
        Literal["never", "with-authority"],
        Meta(description="Whether somebody may delete a bag, giving reason and authority."),
    ] = "never"


class Notification(Section, frozen=True, kw_only=True):
    """Who is told what; `reverify` and `watch` mail it where a mail server was named to them."""

    mail: Annotated[tuple[Mail, ...], Meta(description="Who is told.")] = ()
    on: Annotated[tuple[Notice, ...], Meta(description="Of what.")] = ()
    ahead: Annotated[Duration, Meta(description="How long before a term or date ends.")] = ""


class Policy(Section, frozen=True, kw_only=True):
    """A whole policy file. Only ``policies.policy.read_policy`` makes one: none is half right."""

    format: Annotated[Literal["audio-archiver/policy"], Meta(description="What this file is.")]
    version: Annotated[int, Meta(description="The version of the format.")]
    name: Annotated[Text, Meta(description="How the institution calls its policy.")]
    description: Annotated[Text, Meta(description="Whom it is for, in a sentence.")] = ""
    rests_on: Annotated[
        tuple[Text, ...], Meta(description="The standards it rests on, with their clauses.")
    ] = ()
    packaging: Packaging
    formats: Formats = Formats(accepted=(ANY,))
    metadata: Metadata = Metadata()
    fixity: Fixity = Fixity()
    rights: Rights
    replicas: Replicas = Replicas()
    retention: Retention = Retention()
    notification: Notification = Notification()


SECTIONS = tuple(
    field.encode_name
    for field in msgspec.structs.fields(Policy)
    if isinstance(field.type, type) and issubclass(field.type, Section)
)
"""The tables that must stand in a file of version 2, be they empty: a promise is explicit."""
