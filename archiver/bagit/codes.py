"""Finding codes of bag verification: what each means, and what to do next."""

from __future__ import annotations

from archiver.findings import CODES, Code, Severity, register

_DAMAGE, _BLIND, _WARNING = Severity.DAMAGE, Severity.BLIND, Severity.WARNING

_before = frozenset(CODES)

_RESTORE = "Restore the file from another copy of the bag; keep this one until then."
_MAKER = "Tell the maker of the bag, and ask for a corrected copy of the text file named."
_MEDIUM = "Look after medium, cable and permissions, then verify again."

# What became of the files.
register(
    Code("mismatch", _DAMAGE, "The bytes of the file are not those that were recorded.", _RESTORE),
    Code(
        "mismatch-by-damaged-manifest",
        _DAMAGE,
        "The file differs from what a manifest says that is itself damaged; the file may be sound.",
        "Restore the manifest first, then verify again.",
    ),
    Code(
        "manifests-disagree",
        _DAMAGE,
        "One manifest confirms the file and another contradicts it: the entry is wrong, "
        "not the file.",
        "Restore the manifest that contradicts from another copy of the bag.",
    ),
    Code("missing", _DAMAGE, "A file that is listed is not in the bag.", _RESTORE),
    Code(
        "unexpected",
        _DAMAGE,
        "A payload file is in the bag that no manifest lists.",
        "Find out where it came from; move it out of the bag, or make a new bag that lists it.",
    ),
    Code("unreadable", _BLIND, "Reading failed, so nothing can be said about the bytes.", _MEDIUM),
    Code(
        "changed-during-verification",
        _BLIND,
        "The file changed while it was read.",
        "Stop whatever writes to the bag, then verify again.",
    ),
    Code(
        "link-in-bag",
        _DAMAGE,
        "A symbolic link stands in the bag; what it points to is not part of the bag.",
        "Replace the link by the file itself in a new bag.",
    ),
    Code(
        "special-file-in-bag",
        _DAMAGE,
        "A pipe, socket or device stands in the bag.",
        "Remove it in a new bag; it holds no content that can be kept.",
    ),
    Code(
        "lists-a-folder",
        _DAMAGE,
        "A manifest lists a folder; only files may be listed.",
        _MAKER,
    ),
    Code(
        "name-form-differs",
        _WARNING,
        "The name on disk is the listed one in another Unicode normal form.",
        "Nothing is lost. Copying between systems changed the spelling; keep the copy as it is.",
    ),
    Code(
        "escape-taken-literally",
        _WARNING,
        "The manifest did not encode the percent sign of a name; the name was taken as it stands.",
        "Nothing is lost; the bag was made by a tool that does not follow RFC 8493 2.1.3.",
    ),
    Code(
        "look-alike-names",
        _WARNING,
        "Names in one folder differ in their Unicode normal form only.",
        "Rename one of them in a new bag: some systems will merge the two.",
    ),
    Code(
        "names-differ-in-case",
        _WARNING,
        "Names in one folder differ in upper and lower case only.",
        "Rename one of them in a new bag: Windows and macOS keep only one of the two.",
    ),
)

# The lists themselves.
register(
    Code(
        "unparsable-line",
        _DAMAGE,
        "A line of a manifest or of fetch.txt cannot be understood.",
        "Restore the text file from another copy of the bag.",
    ),
    Code("tolerated-line", _WARNING, "A line is not as the rules want it, but clear.", _MAKER),
    Code("undecodable-text", _DAMAGE, "Text is not in the encoding the bag declares.", _MAKER),
    Code(
        "undefined-escape",
        _DAMAGE,
        "A percent sign in a manifest stands for nothing that the rules define.",
        _MAKER,
    ),
    Code(
        "unsafe-path",
        _DAMAGE,
        "A listed path leads out of the bag or is no plain path; it was not opened.",
        "Do not unpack or copy this bag with other tools before its maker has explained this.",
    ),
    Code(
        "risky-path",
        _WARNING,
        "A listed path means something else on other systems; here it was taken literally.",
        "Take care when copying this bag to another system.",
    ),
    Code("path-not-payload", _DAMAGE, "A payload manifest lists a file outside data/.", _MAKER),
    Code("tag-manifest-lists-payload", _DAMAGE, "A tag manifest lists a file below data/.", _MAKER),
    Code(
        "tag-manifest-lists-tag-manifest",
        _DAMAGE,
        "A tag manifest lists a tag manifest.",
        _MAKER,
    ),
    Code(
        "tag-manifest-omits-manifest",
        _DAMAGE,
        "A tag manifest does not list a payload manifest, which is thus unprotected.",
        _MAKER,
    ),
    Code("tag-file-not-listed", _WARNING, "A tag file is in no tag manifest.", _MAKER),
    Code("tag-manifests-differ", _WARNING, "The tag manifests list different files.", _MAKER),
    Code(
        "no-tag-manifest",
        _WARNING,
        "The bag has no tag manifest, so damage to its text files cannot be recognised.",
        "Ask the maker for bags with a tag manifest.",
    ),
    Code("duplicate-entry", _DAMAGE, "A manifest lists a file more than once.", _MAKER),
    Code("duplicate-entry-tolerated", _WARNING, "A manifest lists a file twice, alike.", _MAKER),
    Code("conflicting-digests", _DAMAGE, "A manifest gives two digests for one file.", _MAKER),
    Code("not-in-every-manifest", _DAMAGE, "A file is in one manifest but not in all.", _MAKER),
    Code(
        "algorithm-name",
        _DAMAGE,
        "A manifest's name does not spell its algorithm in lower case letters and digits.",
        _MAKER,
    ),
    Code(
        "manifest-not-checked",
        _BLIND,
        "A manifest is in an algorithm this program does not know.",
        "Check that manifest with the tool that made it.",
    ),
    Code("no-payload-manifest", _DAMAGE, "The bag has no payload manifest.", _MAKER),
    Code("no-payload-folder", _DAMAGE, "The bag has no folder data/.", _RESTORE),
    Code(
        "byte-order-mark",
        _DAMAGE,
        "A text file begins with a byte order mark, which its encoding forbids.",
        _MAKER,
    ),
    Code(
        "byte-order-mark-tolerated",
        _WARNING,
        "A text file begins with a byte order mark that is not needed.",
        _MAKER,
    ),
)

# bagit.txt, bag-info.txt, fetch.txt and what our own bags have besides.
register(
    Code("no-declaration", _DAMAGE, "The bag has no readable bagit.txt.", _RESTORE),
    Code("declaration-breach", _DAMAGE, "bagit.txt is not the two lines it must be.", _MAKER),
    Code(
        "declaration-tolerated", _WARNING, "bagit.txt deviates from the rules harmlessly.", _MAKER
    ),
    Code(
        "unknown-version",
        _DAMAGE,
        "The bag declares a BagIt version that does not exist; it was judged by 1.0.",
        "Compare bagit.txt with another copy of the bag.",
    ),
    Code(
        "unknown-encoding",
        _DAMAGE,
        "The bag declares a text encoding that is not accepted; UTF-8 was assumed.",
        _MAKER,
    ),
    Code("bag-info-breach", _DAMAGE, "bag-info.txt is not of the form it must have.", _MAKER),
    Code("bag-info-advice", _WARNING, "bag-info.txt deviates from what is recommended.", _MAKER),
    Code(
        "oxum-mismatch",
        _DAMAGE,
        "Payload-Oxum does not agree with the files in data/.",
        "Look at the findings about files; if there are none, bag-info.txt is wrong.",
    ),
    Code("fetch-breach", _DAMAGE, "fetch.txt is not of the form it must have.", _MAKER),
    Code("fetch-tolerated", _WARNING, "fetch.txt deviates from the rules harmlessly.", _MAKER),
    Code(
        "fetch-size-differs",
        _WARNING,
        "A file is not of the size that fetch.txt announced; its digest decides.",
        _MAKER,
    ),
    Code(
        "not-the-sealed-bag",
        _DAMAGE,
        "The bag is not the one that was sealed, whatever it says of itself.",
        "Compare with another copy of the bag; do not trust this one.",
    ),
    Code(
        "no-blake3-list",
        _BLIND,
        "The bag has no fixity/blake3.txt that a sound tag manifest vouches for.",
        "Verify this bag in full, against its manifests.",
    ),
    Code(
        "not-in-blake3-list",
        _DAMAGE,
        "fixity/blake3.txt and the manifests do not list the same files.",
        "Verify this bag in full, and restore the list from another copy.",
    ),
)

# What is merely recommended; only ``archiver lint`` looks for it.
_BETTER = "Nothing is lost. Ask the maker of the bag to do it next time."

register(
    Code(
        "weak-algorithms",
        _WARNING,
        "Every payload manifest is in an algorithm for which forgeries can be made (MD5, SHA-1).",
        "Good against accidents, not against forgery. Add a manifest in SHA-512 in a new bag.",
    ),
    Code(
        "unregistered-algorithm",
        _WARNING,
        "A manifest is in an algorithm that is not in IANA's registry, so few tools know it.",
        "Keep a manifest in SHA-512 or SHA-256 beside it.",
    ),
    Code(
        "tag-manifest-algorithms-differ",
        _WARNING,
        "Tag manifests and payload manifests are not in the same algorithms.",
        _BETTER,
    ),
    Code(
        "no-bag-info", _WARNING, "The bag has no metadata file: nothing says what it is.", _BETTER
    ),
    Code(
        "no-payload-oxum",
        _WARNING,
        "The metadata gives no Payload-Oxum, so a missing file shows only in a full check.",
        _BETTER,
    ),
    Code(
        "long-line",
        _WARNING,
        "A line of the metadata has more than 79 characters, and a blank to fold it at.",
        _BETTER,
    ),
    Code("last-line-not-ended", _WARNING, "The last line of a text file does not end.", _BETTER),
    Code(
        "encoding-not-utf-8",
        _WARNING,
        "The text files are not in UTF-8; a later BagIt may not allow that.",
        _BETTER,
    ),
    Code("old-version", _WARNING, "The bag is in a version of BagIt before 1.0.", _BETTER),
    Code(
        "unportable-name",
        _WARNING,
        "A name that Windows does not allow.",
        "Copy the bag as one file (tar) between systems, or rename the file in a new bag.",
    ),
    Code(
        "system-file-in-bag",
        _WARNING,
        "A file that operating systems leave behind, and change without being asked.",
        "Leave it out when the collection is bagged anew.",
    ),
    Code(
        "bag-in-bag",
        _WARNING,
        "The payload is itself a bag: perhaps a bag was put into a bag by mistake.",
        "Verify the inner bag too; take it out if it was not meant to be wrapped.",
    ),
)

NAMES = frozenset(CODES) - _before
"""The codes of this table, all of which ``clauses`` refers to a clause."""
