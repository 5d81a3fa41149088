"""What a profile says of the payload, asked of one file after the other, in flat memory."""

from __future__ import annotations

from collections.abc import Iterator

from policies.names import shown
from policies.profiles.model import Profile
from policies.profiles.patterns import Patterns
from policies.verdicts import Reason


class PayloadJudge:
    """Takes each payload file once, in any order; the paths begin with ``data/``."""

    def __init__(self, profile: Profile) -> None:
        allowed = profile.payload_files_allowed
        self._allowed = None if allowed is None else Patterns(allowed)
        self._lacking = dict.fromkeys(profile.payload_files_required)
        self._folders = any(path.endswith("/") for path in self._lacking)
        self._must_be_empty = profile.data_empty
        self._files = self._bytes = 0

    @property
    def has_questions(self) -> bool:
        """Whether the profile says anything of the payload."""
        return self._allowed is not None or bool(self._lacking) or self._must_be_empty

    def take(self, path: str, size: int) -> Reason | None:
        """Take one file of ``size`` bytes; return what stands against it."""
        self._files += 1
        self._bytes += size
        if self._lacking:
            self._lacking.pop(path, None)
            if self._folders:
                self._note_folders(path)
        if self._allowed is None or self._allowed.match(path):
            return None
        return Reason("profile-payload-not-allowed", "refuse")

    def reasons(self) -> Iterator[Reason]:
        """Yield what stands against the payload as a whole, when every file was taken."""
        for path in self._lacking:
            words = "a file in this folder" if path.endswith("/") else "this file"
            yield Reason("profile-payload-missing", "refuse", f"{words}: {shown(path)}")
        if self._must_be_empty and (self._files > 1 or self._bytes):
            amount = f"{self._bytes:,} bytes in {self._files:,} files"
            yield Reason("profile-payload-not-empty", "refuse", amount)

    def _note_folders(self, path: str) -> None:
        end = path.find("/")
        while end >= 0:
            self._lacking.pop(path[: end + 1], None)
            end = path.find("/", end + 1)
