"""The rows of the table of codes that are about what files hold, not about how they lie there.

A rule is asked when the policy names it in a table of rules, or sets the key it works with
(:data:`PARAMETERS`). A policy may give it another level than the one here, unless it is fixed.
"""

from __future__ import annotations

from collections.abc import Mapping

from policies.rule import Rule

_OURS = "policy {}"
_TC03 = "IASA-TC 03 10"
_TC04 = "IASA-TC 04 2"
_EBU = "EBU Tech 3285"
_R98 = "EBU R 98"
_R99 = "EBU R 99"
_FADGI = "FADGI, Embedding Metadata in BWF, v3"
_FLAC = "RFC 9639"
_HEADER = "Correct the header in a copy with a tool made for it, such as BWF MetaEdit, or ask for a"
_HEADER += " corrected transfer."
_TRANSFER = "Ask for a transfer that meets the policy, or change the policy."
_TAGS = "Fill it in before packaging: the bag keeps the file as it is."
_FORMAT = "Ask for it in an accepted format, or accept this one in [formats] of the policy."

# fmt: off
PROTECTION: tuple[Rule, ...] = (
    Rule("protected", "refuse", True, "protected against use without a key: {detail}",
         "rule R11; IASA-TC 03 10; Directive (EU) 2019/790 Art. 7(2)",
         "This program opens no protected file. Ask the rightholder, or whoever sold it, for an"
         " unprotected copy: heritage institutions in the EU may demand the means to make one."),
    Rule("named-as-protected", "warn", False,
         "the name is that of a protected file, the bytes are not protected: {detail}",
         "house rule: bytes decide, never names",
         "Nothing: it is kept. Make sure that it is what it should be."),
)

PACKAGING: tuple[Rule, ...] = (
    Rule("bag-too-large", "refuse", True, "the bag would be larger than allowed: {detail}",
         _OURS.format("[packaging] largest-bag"),
         "Package its parts one by one (--each makes one bag of each sub-folder)."),
    Rule("folder-not-foreseen", "warn", False, "the policy foresees no such folder: {detail}",
         _OURS.format("[packaging] folders"),
         "Move the files into one of the folders that the policy names."),
)

FORMATS: tuple[Rule, ...] = (
    Rule("format-refused", "refuse", False, "of a format that the policy refuses: {detail}",
         _OURS.format("[formats] refused"), _FORMAT),
    Rule("format-not-accepted", "refuse", False,
         "of a format that the policy does not accept: {detail}",
         _OURS.format("[formats] accepted"), _FORMAT),
    Rule("format-not-preferred", "in", False,
         "accepted, but not among the formats preferred: {detail}",
         _OURS.format("[formats] preferred"), "Nothing, or ask for a preferred format next time."),
    Rule("format-unidentified", "warn", False,
         "called a recording, but its bytes are of no kind that is known here: {detail}",
         "rule R12; NARA format identification",
         "Listen to it. It may be damaged, or of a kind that this program does not know."),
    Rule("format-misnamed", "warn", False, "the name says something else than the bytes: {detail}",
         "NARA format identification", "Rename it in the source, if it is not damaged."),
    Rule("format-closed", "warn", False, "the format is not openly defined: {detail}",
         _TC03 + ", open formats",
         "Keep it as received, and plan how it will be read when its only programs are gone."),
    Rule("structure", "warn", False, "not built as its format demands: {detail}",
         "BWF MetaEdit rules; " + _FLAC,
         "It may be a transfer cut short. Compare its length with the original."),
    Rule("riff-4gb", "warn", False, "a RIFF file of more than 4 GiB: {detail}", "EBU Tech 3306",
         "Ask for RF64 or BW64: many programs stop reading at 4 GiB."),
    Rule("riff-chunk-twice", "warn", False, "a chunk is there more than once: {detail}",
         "EBU Tech 3285; BWF MetaEdit rules", _HEADER),
    Rule("flac-md5-missing", "warn", False, "STREAMINFO states no MD5 of the samples",
         _FLAC + " 8.2", "Nothing proves its sound but our digests. Encode it anew if you can."),
    Rule("flac-not-subset", "warn", False, "outside the streamable subset: {detail}",
         _FLAC + " 7", "Encode it anew without --lax if players must stream it."),
)

MASTERS: tuple[Rule, ...] = (
    Rule("master-lossy", "refuse", False, "a master must be lossless: {detail}",
         _TC03 + ", no data reduction", _TRANSFER),
    Rule("master-sample-rate", "warn", False, "the sample rate of a master: {detail}",
         _TC04 + ".2 sampling rate", _TRANSFER),
    Rule("master-bit-depth", "warn", False, "the bit depth of a master: {detail}",
         _TC04 + ".3 bit depth", _TRANSFER),
    Rule("master-channels", "warn", False, "the channels of a master: {detail}",
         _OURS.format("[formats.master] channels"), _TRANSFER),
    Rule("wave-not-broadcast", "warn", False, "a WAVE file without a bext chunk", _EBU, _HEADER),
    Rule("bext-version", "warn", False, "bext of a version that is not defined: {detail}",
         _EBU + " v2, Version", _HEADER),
    Rule("bext-short", "warn", False, "the bext chunk is shorter than its fixed fields",
         _EBU + " 2.3", _HEADER),
    Rule("bext-characters", "warn", False, "bext holds characters that are not ASCII: {detail}",
         _EBU + " 2.3", _HEADER),
    Rule("bext-date", "warn", False, "bext OriginationDate is no day YYYY-MM-DD: {detail}",
         _EBU + ", OriginationDate", _HEADER),
    Rule("bext-date-fadgi", "warn", False,
         "bext OriginationDate is none of YYYY, YYYY-MM, YYYY-MM-DD, YYYY/YYYY: {detail}",
         _FADGI + ", OriginationDate", _HEADER),
    Rule("bext-time", "warn", False, "bext OriginationTime is no time HH:MM:SS: {detail}",
         _EBU + ", OriginationTime", _HEADER),
    Rule("bext-description", "warn", False, "bext Description is empty",
         _FADGI + ", Description", _HEADER),
    Rule("bext-originator", "warn", False, "bext Originator is empty", _FADGI + ", Originator",
         _HEADER),
    Rule("bext-originator-fadgi", "warn", False,
         "bext Originator does not begin with a country code, comma and blank: {detail}",
         _FADGI + ", Originator", _HEADER),
    Rule("bext-reference", "warn", False, "bext OriginatorReference is empty",
         _FADGI + ", OriginatorReference", _HEADER),
    Rule("bext-reference-r99", "warn", False,
         "bext OriginatorReference is no unique source identifier: {detail}", _R99, _HEADER),
    Rule("bext-coding-history", "warn", False, "bext CodingHistory is missing or odd: {detail}",
         _R98, _HEADER),
    Rule("bext-loudness", "warn", False, "a loudness value of bext is out of range: {detail}",
         _EBU + " v2, loudness", _HEADER),
    Rule("info-iarl", "warn", False, "INFO IARL and bext Originator differ: {detail}",
         _FADGI + ", IARL", _HEADER),
    Rule("info-icrd", "warn", False, "INFO ICRD is no ISO 8601 date: {detail}",
         "Microsoft RIFF; " + _FADGI, _HEADER),
    Rule("info-icmt", "warn", False, "INFO ICMT holds a line break", "Microsoft RIFF", _HEADER),
)

METADATA: tuple[Rule, ...] = (
    Rule("bag-info-missing", "refuse", False, "bag-info.txt lacks what it must hold: {detail}",
         _OURS.format("[metadata] bag-required"),
         "Give it with --info LABEL=VALUE or --info-file FILE."),
    Rule("bag-info-recommended", "warn", False, "bag-info.txt lacks what it should hold: {detail}",
         _OURS.format("[metadata] bag-recommended"),
         "Give it with --info LABEL=VALUE or --info-file FILE."),
    Rule("metadata-missing", "refuse", False, "the tags do not say what they must: {detail}",
         _OURS.format("[metadata] required"), _TAGS),
    Rule("metadata-recommended", "in", False, "the tags do not say what they should: {detail}",
         _OURS.format("[metadata] recommended"), _TAGS),
    Rule("metadata-unreadable", "warn", False, "the embedded metadata cannot be read: {detail}",
         _OURS.format("[metadata]"), "Look at the file with another reader."),
    Rule("isrc-malformed", "warn", False, "the ISRC is none: {detail}", "ISO 3901",
         "Compare it with the label's list; look for O and 0, I and 1."),
    Rule("musicbrainz-malformed", "warn", False, "a MusicBrainz identifier is no UUID: {detail}",
         "RFC 9562", "Look the recording up again."),
    Rule("sidecar-missing", "warn", False, "what belongs beside it is not there: {detail}",
         _OURS.format("[metadata] sidecar"), "Add the description that belongs to it."),
    Rule("sidecar-alone", "warn", False, "a description without its recording",
         _OURS.format("[metadata] sidecar"),
         "Find the recording, or take the description out of the source."),
)
# fmt: on

CONTENT: tuple[Rule, ...] = (*PROTECTION, *PACKAGING, *FORMATS, *MASTERS, *METADATA)

PARAMETERS: Mapping[str, str] = {
    "bag-too-large": "packaging.largest-bag",
    "folder-not-foreseen": "packaging.folders",
    "format-refused": "formats.refused",
    "format-not-accepted": "formats.accepted",
    "format-not-preferred": "formats.preferred",
    "master-lossy": "formats.master.lossless",
    "master-sample-rate": "formats.master.sample-rates",
    "master-bit-depth": "formats.master.bit-depths",
    "master-channels": "formats.master.channels",
    "bag-info-missing": "metadata.bag-required",
    "bag-info-recommended": "metadata.bag-recommended",
    "metadata-missing": "metadata.required",
    "metadata-recommended": "metadata.recommended",
    "sidecar-missing": "metadata.sidecar",
    "sidecar-alone": "metadata.sidecar",
}
"""The key each of these rules works with. Where it is set the rule is asked."""
