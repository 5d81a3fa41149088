"""What differs between the versions of BagIt, as answers to the questions checking asks."""

from __future__ import annotations

from dataclasses import dataclass

KNOWN_VERSIONS = ("0.93", "0.94", "0.95", "0.96", "0.97", "1.0")


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules a bag is judged by; an unknown version is judged by those of 1.0."""

    version: str

    @property
    def modern(self) -> bool:
        """Whether RFC 8493 (BagIt 1.0) applies in full, and not one of the drafts before it."""
        return self.version == "1.0" or self.version not in KNOWN_VERSIONS

    @property
    def escapes(self) -> frozenset[str]:
        """The percent escapes that stand for a character in listed paths (RFC 8493 2.1.3)."""
        return frozenset(("0D", "0A", "25")) if self.modern else frozenset(("0D", "0A"))

    @property
    def info_file(self) -> str:
        """The name of the metadata file: ``package-info.txt`` up to 0.95."""
        return "package-info.txt" if self.version in KNOWN_VERSIONS[:3] else "bag-info.txt"

    @property
    def clause(self) -> str:
        """The document the rules stand in, to be followed by a section number."""
        return "RFC 8493" if self.modern else f"BagIt {self.version} (cf. RFC 8493)"
