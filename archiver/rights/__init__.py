"""Rights as they lie on disk: rights files, the documents they rest on, what files claim."""

from archiver.rights.kept import rights_kept_in
from archiver.rights.source import RightsInForce, holds_rights_file, load_book, load_rights

__all__ = ["RightsInForce", "holds_rights_file", "load_book", "load_rights", "rights_kept_in"]
