"""A bag of ours as the writers of :mod:`archiver.writers` want it told: its tag files, read.

Nothing here looks at the payload, and nothing proves that the tag files are those that were
sealed: that is for verification.
"""

from archiver.described.bag import described_bag, manifests_in, overview_of
from archiver.described.events import event_record
from archiver.described.files import DescribedFiles

__all__ = ["DescribedFiles", "described_bag", "event_record", "manifests_in", "overview_of"]
