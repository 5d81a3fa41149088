"""The policy that an archive is under."""

from __future__ import annotations

from archiver.archive.place import Archive
from archiver.errors import EnvironmentUnusable, UsageError
from policies.policy import Policy, PolicyMistakes, read_policy


def policy_in_force(archive: Archive) -> tuple[Policy, bytes]:
    """Return the archive's policy, and the bytes it stands in.

    Raises :class:`~archiver.errors.UsageError` for one with mistakes in it, and
    :class:`~archiver.errors.EnvironmentUnusable` when it cannot be read.
    """
    place = archive.policy_path
    try:
        data = place.read_bytes()
        return read_policy(data), data
    except OSError as error:
        raise EnvironmentUnusable(
            f"the policy {place} cannot be read: {error.strerror}",
            "Nothing is packaged without a policy. Put it back; each bag holds the one it was "
            "made under.",
        ) from error
    except PolicyMistakes as wrong:
        raise UsageError(f"the policy {place} has mistakes in it", wrong.listed) from wrong
