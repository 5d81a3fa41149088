"""The rows of the table of codes that are about rights.

``R01`` and the like number the rules as ``docs/rights.md`` does.
"""

from __future__ import annotations

from policies.bases import BASES
from policies.rule import Rule

_BASES = "policy [rights] bases"
_ALL_BASES = ", ".join(BASES)
_FILE = "Correct it in the rights file, then ask again: archiver rights check."

# fmt: off
RIGHTS: tuple[Rule, ...] = (
    # A basis given in few words.
    Rule("rights-missing", "refuse", True, "nobody said why this source may be kept", _BASES,
         f"Give a basis: --basis own-production (or another of {_ALL_BASES}),"
         " or --rights FILE, or put a rights.toml into the source ('archiver rights init' writes"
         " one), which in its shortest form is:\n"
         '[rights]\nbasis = "licence"\nnote = "CC BY-SA 4.0, https://example.org/album"\n'
         "date = 2024-05-01"),
    Rule("rights-basis-unknown", "refuse", True, "{detail} is not a rights basis", _BASES,
         f"Give one of {_ALL_BASES}."),
    Rule("rights-basis-not-accepted", "refuse", True,
         "the policy does not accept the rights basis {detail}", _BASES,
         "Give a basis the policy accepts, or change [rights] bases in the policy."),
    Rule("rights-note-missing", "refuse", True,
         "the rights basis {detail} needs a note that says which", "PREMIS 3 rightsBasis",
         "Name the licence, provision, agreement, deed or reason in the note."),
    Rule("rights-date-malformed", "refuse", True, "{detail} is not a day", "ISO 8601",
         "Write the day the rights were determined as YYYY-MM-DD, for example 2024-05-01."),

    # Statements: what stands against them whoever asks.
    Rule("rights-evidence-missing", "refuse", True, "the evidence is not there: {detail}",
         "rule R03", "Put the document back, or name another one in the rights file."),
    Rule("rights-evidence-changed", "refuse", True,
         "the evidence is not what was recorded: {detail}", "rule R04",
         "Find the document that was meant. If the new one is right, record its SHA-256."),
    Rule("rights-evidence-inside", "refuse", True,
         "a confidential document lies among the files to be kept: {detail}",
         "house rule: what is confidential goes into no bag",
         "Move it out of the source, and refer to it there."),
    Rule("rights-attestation-missing", "refuse", True, "the law asks for an attestation: {detail}",
         "rule R06", "Attest it in the rights file, with who determined it and when; or record"
         " another basis."),
    Rule("rights-uri-unknown", "refuse", True, "this is not one of the public statements: {detail}",
         "rule R14; rightsstatements.org 1.0, Creative Commons", _FILE),
    Rule("rights-uri-normalised", "warn", False, "the public statement was misspelt: {detail}",
         "rule R14; rightsstatements.org 1.0", "Write it in the rights file as shown."),
    Rule("rights-label-contradicts", "warn", False,
         "the public statement contradicts the copyright status: {detail}",
         "rule R13; rightsstatements.org 1.0", _FILE),
    Rule("rights-term-ends", "warn", False, "the time is running out: {detail}",
         "rule R23", "Renew it, or record what holds afterwards. Nothing is deleted."),
    Rule("rights-action-due", "warn", False, "the agreement has ended: {detail}",
         "rule R22", "Do what the agreement asks for, on somebody's authority. Nothing is deleted"
         " by itself."),
    Rule("rights-statement-idle", "warn", False, "a statement is about no file: {detail}",
         "house rule: nothing is lost or left out silently",
         "Correct its applies_to, or leave the statement away."),
    Rule("rights-file-set-aside", "warn", False,
         "the source holds a rights file, which the command line replaces", "house rule: nothing"
         " is lost or left out silently",
         "Leave --basis and --rights away to have it used."),

    # An act, and why it may not be.
    Rule("rights-none-applies", "refuse", True, "no rights statement applies to it", "rule R01",
         "Add one to the rights file, or its path to applies_to. Nothing was packaged."),
    Rule("rights-disputed", "refuse", True, "its rights are in question: {detail}", "rule R20",
         "Settle the matter first. Until then only fixity checks run."),
    Rule("rights-expired", "refuse", True, "the time granted is over: {detail}", "rule R02",
         "Renew it, or record another basis."),
    Rule("rights-not-begun", "refuse", True, "the time granted has not begun: {detail}", "rule R05",
         "Wait for that day, or record another basis."),
    Rule("rights-act-not-granted", "refuse", True, "what is asked is not granted: {detail}",
         "PREMIS 3 rightsGranted", "Grant the act in a statement, if it is granted."),
    Rule("rights-statements-conflict", "refuse", True,
         "two statements contradict each other, and the stricter holds: {detail}",
         "rule R25", "Resolve it in the rights file: supersede one of them."),
    Rule("rights-too-many-copies", "refuse", True, "no further copy is allowed: {detail}",
         "rule R07", "Give a copy up, or record another basis."),
    Rule("rights-export-not-granted", "refuse", True, "export is not granted: {detail}", "rule R08",
         "Ask for a narrower audience or another territory, or obtain the permission."),
    Rule("rights-share-not-granted", "refuse", True, "distribution is not granted: {detail}",
         "rule R09", "Leave the file out, or obtain the permission to distribute it to everybody."),
    Rule("rights-embargoed", "refuse", True, "it is kept dark: {detail}", "rule R10",
         "Wait for the end of the embargo. The file stays in the archive."),
    Rule("rights-layer-not-cleared", "refuse", True, "not every layer is cleared: {detail}",
         "rule R24", "Obtain the permission for that layer too: recording, performance, work and"
         " artwork have owners of their own."),
    Rule("rights-derivative-not-granted", "refuse", True,
         "a derivative may not be given away: {detail}", "rule R18", "Give the file as it is, or"
         " obtain the permission to modify it."),
    Rule("rights-attribution-missing", "refuse", True,
         "the licence asks to name its author, and none is recorded: {detail}", "rule R19",
         "Record attribution in the statement."),
    Rule("rights-personal-data", "refuse", True, "it names its buyer: {detail}", "rule R16",
         "Give away only a copy made without these fields; the archive's own keeps"
         " them."),
    Rule("rights-deletion-not-granted", "refuse", True, "it may not be deleted: {detail}",
         "rule R21", "Give reason and authority, and see that enough verified copies remain."),

    # What the files say of themselves: claims, never grants.
    Rule("rights-claim-unmatched", "warn", False, "it claims what no statement says: {detail}",
         "rule R15", "Compare the two. What is embedded grants nothing."),
    Rule("rights-store-download", "warn", False, "it looks like a store download: {detail}",
         "rule R26", "A receipt is a licence, not ownership: record the store's terms."),
)
# fmt: on
