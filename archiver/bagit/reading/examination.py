"""The examination of one bag, step by step: declaration, top, tag files, metadata, payload."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from enum import Enum

from archiver.bagit.reading import locate
from archiver.bagit.reading.advice import advise
from archiver.bagit.reading.blake3_lines import Blake3Lines
from archiver.bagit.reading.declaration import read_declaration
from archiver.bagit.reading.fetch_lines import FetchLines
from archiver.bagit.reading.info import InfoReader, Oxum
from archiver.bagit.reading.layout import PAYLOAD_MANIFEST, Layout, ManifestName, survey_top
from archiver.bagit.reading.listing import Lines, Listing, Role
from archiver.bagit.reading.manifest_lines import TAG_MANIFEST, ManifestLines
from archiver.bagit.reading.passage import Passage, Tally
from archiver.bagit.reading.report import Report
from archiver.bagit.reading.text import TextBlocks
from archiver.bagit.reading.walk import walk
from archiver.hashing import ReadJob, ReadResult, digest_size, new_digest
from archiver.progress import Progress
from archiver.tree import Tree

BLAKE3_LIST = "fixity/blake3.txt"
SEALED_TAG_MANIFEST = "tagmanifest-sha512.txt"
_PORTION = 1 << 18

Reader = Callable[[Iterator[ReadJob]], Iterator[ReadResult]]


class Depth(Enum):
    """How much of a bag is looked at."""

    FAST = "fast"  # structure, names and Payload-Oxum; no digest is taken
    LINT = "lint"  # the same, and what is merely recommended
    BLAKE3 = "blake3"  # tag files in full, then the payload against fixity/blake3.txt
    FULL = "full"  # every digest of every manifest

    @property
    def reads_payload(self) -> bool:
        """Whether the bytes of the payload are read."""
        return self in (Depth.BLAKE3, Depth.FULL)


class Examination:
    """Examines the bag below ``tree``, reading files by ``read``; run once.

    ``sealed_digest`` is the SHA-512 that the tag manifest had when the bag was sealed, when
    that is known from outside the bag. ``watched`` names tag files of which the caller wants to
    know whether they may be relied on: :attr:`vouched` are those that a tag manifest confirms,
    none where the tag manifest is not the sealed one.
    """

    def __init__(
        self,
        tree: Tree,
        depth: Depth,
        read: Reader,
        progress: Progress,
        sealed_digest: str | None,
        watched: frozenset[str] = frozenset(),
    ) -> None:
        self._tree, self._depth, self._read, self._progress = tree, depth, read, progress
        self._sealed_digest, self._watched = sealed_digest, watched
        self._manifests = 0
        self.vouched: frozenset[str] = frozenset()
        self.report = Report()
        self.from_medium: set[bool] = set()
        self.tag_manifest_digest: str | None = None
        self.payload = Tally()
        self.algorithms: tuple[str, ...] = ()
        self.not_checked: tuple[str, ...] = ()
        self.version: str | None = None

    def run(self) -> None:
        """Look at everything that can be looked at, whatever is found on the way."""
        layout = self._look_at_top()
        oxum = self._read_info(layout)
        self._progress.begin("verifying", *(oxum or (None, None)))
        try:
            tags = self._examine_tag_files(layout)
            damaged = {str(finding.path) for finding in tags.mismatches}
            self._examine_payload(layout, tags.verified, frozenset(damaged), oxum)
            if self._depth is Depth.LINT:
                advise(self._tree, self._declaration, layout, self.report)
        finally:
            self._progress.end()

    def run_on_tag_files(self) -> None:
        """Look at the tag files only: enough to know which of those watched are vouched for."""
        layout = self._look_at_top()
        self._progress.begin("verifying tag files", None, None)
        try:
            self._examine_tag_files(layout)
        finally:
            self._progress.end()

    def _look_at_top(self) -> Layout:
        self._declaration = read_declaration(self._tree, self.report)
        self._rules = self._declaration.rules
        self.version = self._declaration.version
        layout = survey_top(self._tree, self._rules, self.report)
        self.tag_manifest_digest = self._digest_of_tag_manifest(layout)
        return layout

    # Tag files.

    def _examine_tag_files(self, layout: Layout) -> Passage:
        lists = [self._manifest(name, payload=False) for name in layout.tag_manifests]
        changed = self._sealed_digest not in (None, self.tag_manifest_digest)
        passage = Passage(
            self._tree,
            lists,
            self._rules,
            self.report,
            "2.2.1",
            unlisted=lambda path: self._unlisted_tag_file(path, lists),
            partly=self._partly_listed_tag_file,
            doubted=frozenset([SEALED_TAG_MANIFEST]) if changed else frozenset(),
            read=self._depth.reads_payload,
            watched=self._watched | {BLAKE3_LIST, locate.NAME},
        )
        skip = frozenset(["data"]) if layout.has_data else frozenset()
        self._pass(passage, walk(self._tree, "", self.report, skip))
        self.report.extend(passage.mismatches)
        if not changed:
            self.vouched = frozenset(passage.verified) & self._watched
        if passage.read:
            self._name_unchecked(layout.tag_manifests)
        return passage

    def _unlisted_tag_file(self, path: str, lists: list[Listing]) -> None:
        if lists and not TAG_MANIFEST.fullmatch(path):
            self._tag_file_left_out(
                path, [listing.name for listing in lists], "tag-file-not-listed"
            )

    def _partly_listed_tag_file(self, path: str, lacking: list[str]) -> None:
        self._tag_file_left_out(path, lacking, "tag-manifests-differ")

    def _tag_file_left_out(self, path: str, lacking: list[str], code: str) -> None:
        names, clause = ", ".join(lacking), f"{self._rules.clause} 2.2.1"
        if self._rules.modern and PAYLOAD_MANIFEST.fullmatch(path):
            message = f"{names} must list every payload manifest, and not this one."
            self.report.add("tag-manifest-omits-manifest", message, path, clause)
        else:
            self.report.add(code, f"The file is not listed in {names}.", path, clause)

    def _digest_of_tag_manifest(self, layout: Layout) -> str | None:
        if SEALED_TAG_MANIFEST not in {listed.name for listed in layout.tag_manifests}:
            return None
        digest = new_digest("sha512")
        try:
            fd = self._tree.open_file(SEALED_TAG_MANIFEST)
            try:
                while data := os.read(fd, _PORTION):
                    digest.update(memoryview(data))
            finally:
                os.close(fd)
        except OSError:
            return None  # said when the list itself is read
        return digest.digest().hex()

    # bag-info.txt.

    def _read_info(self, layout: Layout) -> Oxum | None:
        name = self._rules.info_file
        if name not in layout.files:
            return None
        blocks = TextBlocks(self._tree, name, self._declaration.codec)
        reader = InfoReader(name, self._rules, self.report)
        try:
            pairs = reader.pairs(blocks)
        except OSError as error:
            self.report.add("unreadable", f"The file cannot be read: {error.strerror}.", name)
            return None
        if blocks.marked:
            self.report.add_mark(name, self._declaration.codec, self._rules)
        return reader.judge(pairs)

    # Payload.

    def _examine_payload(
        self, layout: Layout, verified: set[str], damaged: frozenset[str], oxum: Oxum | None
    ) -> None:
        lists = [self._manifest(name, payload=True) for name in layout.payload_manifests]
        self._manifests = len(lists)
        passage = Passage(
            self._tree,
            lists,
            self._rules,
            self.report,
            "2.1.3",
            unlisted=self._unlisted_payload,
            partly=self._partly_listed_payload,
            doubted=damaged,
            read=self._depth.reads_payload,
        )
        if self._depth is Depth.BLAKE3:
            passage.read = self._use_blake3_list(lists, verified)
        if "fetch.txt" in layout.files:
            lines = FetchLines("fetch.txt", self._rules)
            lists.append(self._listing("fetch.txt", lines, Role.FETCH, None))
        found = walk(self._tree, "data", self.report) if layout.has_data else iter(())
        self._pass(passage, found)
        self.payload = passage.tally
        mismatches = passage.mismatches
        if mismatches and locate.NAME in verified:
            mismatches = locate.locate_damage(self._tree, mismatches)
        self.report.extend(mismatches)
        if self._depth is Depth.FULL:
            self._name_unchecked(layout.payload_manifests)
        if passage.read:
            self.algorithms = tuple(dict.fromkeys(x.algorithm for x in lists if x.algorithm))
        self._compare_oxum(oxum, passage.tally)

    def _use_blake3_list(self, manifests: list[Listing], verified: set[str]) -> bool:
        """Put fixity/blake3.txt in front of the manifests, which then count by their names only."""
        if BLAKE3_LIST not in verified:
            message = "There is no fixity/blake3.txt that a sound tag manifest vouches for."
            self.report.add("no-blake3-list", message, BLAKE3_LIST)
            return False
        for listing in manifests:
            listing.algorithm = None
        manifests.insert(
            0, self._listing(BLAKE3_LIST, Blake3Lines(BLAKE3_LIST), Role.BLAKE3, "blake3")
        )
        return True

    def _unlisted_payload(self, path: str) -> None:
        message = "The file is in data/ but in no payload manifest."
        self.report.add("unexpected", message, path, f"{self._rules.clause} 3")

    def _partly_listed_payload(self, path: str, lacking: list[str]) -> None:
        if BLAKE3_LIST in lacking:
            message = f"{BLAKE3_LIST} does not list the file."
            self.report.add("not-in-blake3-list", message, path)
            lacking.remove(BLAKE3_LIST)
        elif len(lacking) == self._manifests and not self._rules.modern:
            self._unlisted_payload(path)
            return
        if lacking and self._rules.modern:
            message = f"The file is not listed in {', '.join(lacking)}."
            clause = f"{self._rules.clause} 2.1.3"
            self.report.add("not-in-every-manifest", message, path, clause)

    def _compare_oxum(self, oxum: Oxum | None, seen: Tally) -> None:
        if oxum is None or seen.blind_places or oxum == (seen.bytes, seen.files):
            return
        message = (
            f"Payload-Oxum says {oxum[0]:,} bytes in {oxum[1]:,} files; "
            f"data/ holds {seen.bytes:,} bytes in {seen.files:,} files."
        )
        clause = f"{self._rules.clause} 2.2.2"
        self.report.add(
            "oxum-mismatch",
            message,
            self._rules.info_file,
            clause,
            recorded_bytes=oxum[0],
            recorded_files=oxum[1],
            bytes=seen.bytes,
            files=seen.files,
        )

    # Both.

    def _manifest(self, manifest: ManifestName, *, payload: bool) -> Listing:
        size = None if manifest.algorithm is None else digest_size(manifest.algorithm)
        lines = ManifestLines(manifest.name, self._rules, payload=payload, digest_bytes=size)
        return self._listing(manifest.name, lines, Role.MANIFEST, manifest.algorithm)

    def _listing(self, name: str, lines: Lines, role: Role, algorithm: str | None) -> Listing:
        codec = "utf-8" if role is Role.BLAKE3 else self._declaration.codec
        listing = Listing(self._tree, name, lines, codec, role=role, algorithm=algorithm)
        listing.survey(self.report, self._rules)
        return listing

    def _pass(self, passage: Passage, found: Iterator[tuple[str, int]]) -> None:
        for result in self._read(passage.jobs(found)):
            passage.judge(result)
            if result.size:
                self.from_medium.add(result.from_medium)
        passage.tally.add_up()

    def _name_unchecked(self, names: tuple[ManifestName, ...]) -> None:
        unknown = tuple(manifest.name for manifest in names if manifest.algorithm is None)
        for name in unknown:
            message = "The manifest's algorithm is not known here; its digests were not checked."
            self.report.add("manifest-not-checked", message, name, f"{self._rules.clause} 2.4")
        self.not_checked += unknown
