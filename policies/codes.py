"""The one table of reason codes: what each means, what it rests on, what to do about it.

A *level* says what a rule does to an entry: ``in`` (kept, noted), ``warn`` (kept, and said),
``refuse`` (the whole source stays out). A *fixed* rule cannot be changed by a policy, because
any other answer would lose something silently or make a bag that other tools cannot hold.
"""

from __future__ import annotations

from collections.abc import Mapping

from policies.content_codes import CONTENT
from policies.profile_codes import PROFILES
from policies.rights_codes import RIGHTS
from policies.rule import LEVELS, Level, Rule

__all__ = [
    "ADMISSION",
    "CONTENT",
    "CONVERSION",
    "LEVELS",
    "PROFILES",
    "RIGHTS",
    "RULES",
    "SOURCE",
    "Level",
    "Rule",
]

_RFC_NAMES = "RFC 8493 6.1"  # names: case and normalisation twins, Windows, other tools
_RFC_LINES = "RFC 8493 2.1.3"  # payload manifests: one line a file, in UTF-8
_RFC_SAFETY = "RFC 8493 5"  # nothing may lead out of the bag
_HOUSE = "house rule: nothing is lost or left out silently"
_KEPT = "Nothing: it is kept byte for byte."
_MODE = "Nothing: the mode is recorded, and never set on the copy."
_REMOVE = "Remove it from the source."
_RENAME = "Rename it in the source if the bag goes to other people or tools."

# fmt: off
ADMISSION: tuple[Rule, ...] = (
    # Kept, and noted in the record of the source.
    Rule("hidden", "in", False, "hidden: the name begins with a dot", _HOUSE, _KEPT),
    Rule("system-file", "in", False, "a file that an operating system leaves behind", _HOUSE,
         "Nothing, or delete it from the source first: it is kept byte for byte."),
    Rule("hard-link", "in", False, "one of {detail} names of the same file", _HOUSE,
         "Nothing: each name is kept as an independent file."),
    Rule("sparse", "in", False, "a sparse file: {detail} are stored", _HOUSE,
         "Nothing: it is kept whole; holes count as zeros in the digests and on disk."),

    # Kept, with a warning.
    Rule("name-control", "warn", False, "control characters in the name: {detail}",
         _RFC_LINES, _RENAME),
    Rule("name-bidi", "warn", False,
         "invisible or direction-changing characters in the name: {detail}", _RFC_NAMES,
         "Check that the name is what it looks like."),
    Rule("name-line-look-alike", "warn", False,
         "characters in the name that some tools take for the end of a line: {detail}",
         _RFC_LINES, _RENAME),
    Rule("name-blank-end", "warn", False, "the name begins or ends with a blank", _RFC_NAMES,
         "Windows and some tools drop such blanks. " + _RENAME),
    Rule("name-dot-end", "warn", False, "the name ends with a dot", _RFC_NAMES,
         "Windows drops such dots. " + _RENAME),
    Rule("name-windows-reserved", "warn", False, "Windows cannot hold this name: {detail}",
         _RFC_NAMES, "Rename it in the source if the bag must be copied to Windows."),
    Rule("name-long", "warn", False, "the name is too long for common file systems: {detail}",
         _RFC_NAMES, "Shorten it in the source if the bag must be copied elsewhere."),
    Rule("path-long", "warn", False, "the path is too long for Windows: {detail}", _RFC_NAMES,
         "Shorten the folder names if the bag must be copied to Windows."),
    Rule("case-twin", "warn", False, "differs only by upper and lower case from {detail}",
         _RFC_NAMES, "Rename one of them: on macOS and Windows one would replace the other."),
    Rule("zero-bytes", "warn", False, "the file is empty (0 bytes)", _HOUSE,
         "Check whether it was meant to be empty, or lost its content earlier."),
    Rule("mode-setid", "warn", False, "set-user-id or set-group-id is on", _HOUSE, _MODE),
    Rule("mode-world-writable", "warn", False, "everybody may write to it", _HOUSE, _MODE),
    Rule("empty-folder", "warn", False, "an empty folder", _RFC_LINES,
         "Nothing: a bag holds files only, so the folder is recorded in metadata/source.jsonl."),

    # The source stays out.
    Rule("symlink", "refuse", True, "a symbolic link to {detail}", _RFC_SAFETY,
         "Put what it points to in its place, or remove it, and package again."),
    Rule("fifo", "refuse", True, "a FIFO (named pipe), not a file", _RFC_SAFETY, _REMOVE),
    Rule("socket", "refuse", True, "a socket, not a file", _RFC_SAFETY, _REMOVE),
    Rule("device", "refuse", True, "a device, not a file", _RFC_SAFETY, _REMOVE),
    Rule("kind-unknown", "refuse", True, "neither a file nor a folder", _RFC_SAFETY, _REMOVE),
    Rule("name-not-utf8", "refuse", True, "the name is not UTF-8: {detail}", _RFC_LINES,
         "Rename it (convmv converts whole trees), and package again."),
    Rule("normalisation-twin", "refuse", True,
         "looks the same as {detail}, but is written with other code points", _RFC_NAMES,
         "Rename one of them: many tools and file systems cannot tell the two apart."),
    Rule("path-too-long", "refuse", True, "the path has {detail} bytes", "POSIX PATH_MAX",
         "Shorten the folder names: programs cannot open paths of more than 4,096 bytes."),
    Rule("unreadable-file", "refuse", True, "the file cannot be read: {detail}", _HOUSE,
         "Grant this user read permission, or run as a user who has it."),
    Rule("unreadable-folder", "refuse", True, "the folder cannot be read: {detail}", _HOUSE,
         "Grant this user read and search permission, or run as a user who has it."),
    Rule("vanished", "refuse", True, "it went away while the source was surveyed", _HOUSE,
         "Wait until nobody changes the source, and package again."),
)

SOURCE: tuple[Rule, ...] = (
    Rule("source-missing", "refuse", True, "there is nothing at this place", _HOUSE,
         "Check the spelling, and whether the disk is mounted."),
    Rule("source-is-link", "refuse", True, "the source is a symbolic link to {detail}",
         _RFC_SAFETY, "Name the folder it points to."),
    Rule("source-not-a-folder", "refuse", True, "the source is not a folder", _HOUSE,
         "Name a folder; put a single file into a folder of its own first."),
    Rule("source-is-bag", "refuse", True, "the source is itself a bag: it holds bagit.txt",
         "RFC 8493 2.1.1", "Check it with 'archiver verify' and package the folder it was made"
         " of; or say --keep-bag to keep the whole bag as payload."),
    Rule("empty-source", "refuse", True, "the source holds no file at all", _HOUSE,
         "Check whether the disk is mounted, and whether this is the folder you mean."),
)

CONVERSION: tuple[Rule, ...] = (
    Rule("lossy-re-encoding", "refuse", True, "the archive's copy would lose sound: {detail}",
         "rule R17; IASA-TC 03 10, no data reduction",
         "Archive copies are kept as received: make an access copy of it instead. No command of"
         " this program encodes sound anew."),
)
# fmt: on

_ALL = (*ADMISSION, *SOURCE, *RIGHTS, *CONTENT, *CONVERSION, *PROFILES)
RULES: Mapping[str, Rule] = {rule.code: rule for rule in _ALL}
