"""The only place that syncs, renames and locks. Each primitive is named by its promise.

None of them can promise what the drive, RAID or server below does with its own caches.
"""

from archiver.durable.files import (
    append_durably,
    publish_folder,
    put_in_place,
    put_new_in_place,
    replace_file,
    sync_file,
    sync_folder,
    sync_open_folder,
    write_new_file,
)
from archiver.durable.lock import Holder, Lock, claim, holder_of
from archiver.durable.whole import can_sync_filesystem, sync_filesystem

__all__ = [
    "Holder",
    "Lock",
    "append_durably",
    "can_sync_filesystem",
    "claim",
    "holder_of",
    "publish_folder",
    "put_in_place",
    "put_new_in_place",
    "replace_file",
    "sync_file",
    "sync_filesystem",
    "sync_folder",
    "sync_open_folder",
    "write_new_file",
]
