"""All cases, and the tree they make."""

from __future__ import annotations

from tests.conformance.case import Case
from tests.conformance.manifests import MANIFESTS
from tests.conformance.older import OLDER
from tests.conformance.practice import BEYOND, PRACTICE
from tests.conformance.structure import STRUCTURE
from tests.conformance.tag_files import TAG_FILES

CASES: dict[str, Case] = {
    case.path: case for case in (*STRUCTURE, *MANIFESTS, *TAG_FILES, *PRACTICE, *BEYOND, *OLDER)
}
"""The cases by their place in the tree: ``v1.0/invalid/listed-once/twice-alike``."""
