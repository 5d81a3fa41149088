"""The only place that syncs, renames and locks. Each primitive is named by its promise.

None of them can promise what the drive, RAID or server below does with its own caches.
"""

from archiver.durable.files import (
    append_durably,
    can_sync_filesystem,
    publish_folder,
    put_in_place,
    put_new_in_place,
    replace_file,
    sync_file,
    sync_filesystem,
    sync_folder,
    write_new_file,
)
from archiver.durable.lock import Lock, claim

__all__ = [
    "Lock",
    "append_durably",
    "can_sync_filesystem",
    "claim",
    "publish_folder",
    "put_in_place",
    "put_new_in_place",
    "replace_file",
    "sync_file",
    "sync_filesystem",
    "sync_folder",
    "write_new_file",
]
