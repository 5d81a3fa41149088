"""What the files of a source hold, judged by the policy: formats, masters, fields, protection."""

from policies.content.conversion import judge_conversion
from policies.content.facts import FileFacts, Protection
from policies.content.judge import judge_bag, judge_file, judge_info
from policies.content.rules import ContentRules, Depth

__all__ = [
    "ContentRules",
    "Depth",
    "FileFacts",
    "Protection",
    "judge_bag",
    "judge_conversion",
    "judge_file",
    "judge_info",
]
