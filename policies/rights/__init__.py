"""Rights: why files may be kept, and what may be done with them.

Statements say it (:mod:`policies.rights.model`), read from a rights file
(:mod:`policies.rights.reading`) or made of a basis (:mod:`policies.rights.simple`);
:mod:`policies.rights.decide` answers with them. The program judges no law: it records what
somebody attests and holds everybody to it.
"""

from policies.bases import BASES, NEED_A_NOTE
from policies.rights.model import RightsBook, Statement
from policies.rights.reading import RightsMistakes, parse_book, parse_rights_file
from policies.rights.simple import RightsStatement, book_of, judge_rights

__all__ = [
    "BASES",
    "NEED_A_NOTE",
    "RightsBook",
    "RightsMistakes",
    "RightsStatement",
    "Statement",
    "book_of",
    "judge_rights",
    "parse_book",
    "parse_rights_file",
]
