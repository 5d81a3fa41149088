"""Sections 2.2.2 to 2.3: metadata, fetch.txt, other tag files, and the form of text."""

from __future__ import annotations

from archiver.bagit.clauses.model import (
    Clause,
    Keeping,
    Level,
    free,
    kept,
    linted,
    must,
    ours,
    should,
)

TAG_FILES: tuple[Clause, ...] = (
    linted(
        "metadata-there",
        "2.2.2",
        "bag-info.txt and all it says is optional, and its use encouraged.",
        "no-bag-info",
        "no-payload-oxum",
        level=Level.MAY,
    ),
    kept(
        Level.MUST,
        "order-preserved",
        "2.2.2",
        "The order of labels is preserved.",
        "Labels are written in the order given, repeats and all, and bags are never rewritten.",
    ),
    must(
        "metadata-form",
        "2.2.2",
        "A line is a label without blanks at its ends, a colon, one blank or tab, and a value.",
        "bag-info-breach",
        note="A value keeps all other blanks.",
    ),
    ours(
        "metadata-no-blank-lines",
        "2.2.2",
        "Between the lines of the metadata stands nothing else.",
        "bag-info-advice",
        note="A line of blanks says nothing and hides nothing: a warning.",
    ),
    free(
        "metadata-folding",
        "2.2.2",
        "A value may go on in the next line, behind blanks that do not belong to it.",
    ),
    linted(
        "metadata-short-lines",
        "2.2.2",
        "Lines of up to 79 characters are recommended. (A line end is a part of the value, so a "
        "single word that is longer is left alone.)",
        "long-line",
    ),
    free("metadata-others", "2.2.2", "There may be any other labels, and any may be repeated."),
    free("metadata-case", "2.2.2", "Reserved labels are the same in upper and lower case."),
    must(
        "oxum-form",
        "2.2.2",
        "Payload-Oxum is the number of bytes, a point and the number of files, and stands once.",
        "bag-info-breach",
    ),
    must(
        "oxum-true",
        "2.2.2",
        "Payload-Oxum says what data/ holds.",
        "oxum-mismatch",
        note="Checking goes on, so that the file concerned is named.",
    ),
    kept(
        Level.MUST,
        "oxum-not-enough",
        "2.2.2",
        "A tool computes every digest before it calls a bag valid, whatever Payload-Oxum says.",
        "`verify --fast` says `complete`, never `valid`.",
    ),
    should(
        "metadata-forms",
        "2.2.2",
        'Bagging-Date is YYYY-MM-DD, Bag-Size a number and a unit, Bag-Count "N of T"; these and '
        "Bag-Group-Identifier stand once.",
        "bag-info-advice",
    ),
    Clause(
        "group-unique",
        "2.2.2",
        Level.MUST,
        "Bag-Group-Identifier is unique among all that the sender sends.",
        Keeping.UNKNOWABLE,
        note="One bag does not tell of the sender's others.",
    ),
    must(
        "fetch-form",
        "2.2.3",
        'A line of fetch.txt is an absolute URL, a length or "-", and a path.',
        "fetch-breach",
        "unparsable-line",
        "unsafe-path",
    ),
    must(
        "fetch-listed",
        "2.2.3",
        "Every file of fetch.txt is in every payload manifest; none is a tag file.",
        "fetch-breach",
    ),
    ours(
        "fetch-once",
        "2.2.3",
        "fetch.txt names a file once.",
        "fetch-tolerated",
        note="Two places to fetch one file from contradict nothing.",
    ),
    must(
        "fetch-complete",
        "2.2.3",
        "A bag with files yet to be fetched is not complete.",
        "missing",
    ),
    Clause(
        "fetch-fetching",
        "2.2.3",
        Level.MAY,
        "A tool may complete a bag by fetching.",
        Keeping.OUTSIDE,
        note="This program never opens a connection for a bag: fetch.txt is judged, not followed.",
    ),
    must(
        "tag-files-checked",
        "2.2.4",
        "Tag files of any kind are compared with the tag manifests that list them.",
        "mismatch",
        "missing",
    ),
    free("tag-files-free", "2.2.4", "There may be any other tag files.", "Otherwise ignored."),
    must(
        "text-encoding",
        "2.3",
        "Text is in the encoding that bagit.txt names.",
        "undecodable-text",
    ),
    must(
        "text-unmarked",
        "2.3",
        "Text begins with a byte order mark only where its encoding needs one.",
        "byte-order-mark",
    ),
    should(
        "text-marked-wide",
        "2.3",
        "UTF-16BE and the like say the order of bytes by their names, and need no mark.",
        "byte-order-mark-tolerated",
    ),
    free(
        "text-line-ends",
        "2.3",
        "Lines end with LF, CR or CRLF.",
        "And with nothing else: U+2028, U+0085, VT and FF are characters of a name.",
    ),
    Clause(
        "text-names",
        "2.3",
        Level.MUST,
        "The names of text tag files end in .txt.",
        Keeping.UNKNOWABLE,
        note="Those that BagIt defines are known by their names; whether any other is text, only "
        "its maker knows.",
    ),
    linted("text-ended", "2.3", "The last line ends, too.", "last-line-not-ended"),
)
