"""What a command needs: the acts it performs, and what else stands against it.

Commands that do not exist yet have their decision here all the same; ``archiver rights explain``
shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from policies.acts import COMMANDS as COMMANDS
from policies.names import shown
from policies.rights.decide import Answer, Question, decide, refusal
from policies.rights.model import Statement
from policies.rights.territories import WORLD
from policies.rights.uris import Label, label_of
from policies.rights.words import GIVING, Act
from policies.verdicts import Reason

TO_EVERYBODY = frozenset({"share", "torrent", "distribute"})
"""Commands whose copies everybody may pass on: asked for the public and the whole world."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known beside the statements, when a command is judged.

    ``copies`` is the number of copies there would be. ``personal_fields`` name the fields of the
    file that name its buyer; ``strip_personal`` says they are left out of the export.
    ``derivative``: what leaves is not the file itself. For a deletion: ``reason``,
    ``authority``, and how many verified copies remain and must.
    """

    copies: int | None = None
    personal_fields: tuple[str, ...] = ()
    strip_personal: bool = False
    derivative: bool = False
    reason: str | None = None
    authority: str | None = None
    copies_left: int = 0
    copies_required: int = 1


NOTHING_SPECIAL = Circumstances()


def judge_command(
    command: str,
    found: Sequence[Statement],
    question: Question,
    circumstances: Circumstances = NOTHING_SPECIAL,
) -> Answer:
    """Answer whether ``command`` may do its acts. ``question.act`` is replaced by each of them.

    Raises ``KeyError`` for a command that is not in :data:`COMMANDS`. Nothing ever stands
    against reading one's own holdings to verify them.
    """
    acts = COMMANDS[command]
    if not acts:
        return Answer("allow")
    if command in TO_EVERYBODY:
        question = replace(question, audience="public", territory=WORLD)
    answer = decide(found, replace(question, act=acts[0]))
    for act in acts[1:]:
        if question.audience == "public":  # in the house, another format is no adaptation
            answer = _stricter(answer, decide(found, replace(question, act=act)))
    about = sorted((one for one in found if one.status == "active"), key=lambda one: one.id)
    more = list(_more(acts[0], about, question, circumstances))
    return _also(answer, more)


def _stricter(first: Answer, second: Answer) -> Answer:
    order = ("deny", "conditional", "allow")
    return min(first, second, key=lambda answer: order.index(answer.verdict))


_Objection = tuple[Reason, str | None, str]
"""A reason, the statement it comes from, and what would change it."""


def _also(answer: Answer, more: Sequence[_Objection]) -> Answer:
    """Return the answer with objections added: one of them denies, whatever was granted."""
    if not more:
        return answer
    said = answer.reasons
    statement = answer.statement if said else more[0][1]
    changes = answer.changes if said else ()
    return Answer(
        "deny",
        (*said, *(reason for reason, _, _ in more)),
        statement,
        (),
        tuple(dict.fromkeys((*changes, *(change for _, _, change in more)))),
    )


def _more(
    act: Act, about: Sequence[Statement], question: Question, known: Circumstances
) -> list[_Objection]:
    objections: list[_Objection] = []
    if known.copies is not None and act == "replicate":
        objections += _copies(about, question, known.copies)
    if act in GIVING:
        objections += _licence_terms(about, question, known)
        if known.personal_fields and not known.strip_personal:
            fields = ", ".join(map(shown, known.personal_fields))
            reason = refusal("rights-personal-data", fields)
            objections.append((reason, None, "leaving those fields out (--strip-personal)"))
    if act == "delete":
        objections += _deletion(known)
    return objections


def _copies(about: Sequence[Statement], question: Question, copies: int) -> list[_Objection]:
    objections: list[_Objection] = []
    for one in about:
        grant = one.acts.get("replicate")
        if grant is None or not one.term.holds(question.as_of):
            continue
        limits = [case.max_copies for case in grant.cases if case.max_copies is not None]
        if limits and copies > max(limits):
            detail = f"{one.id}: copy {copies:,} of {max(limits):,} allowed"
            change = f"at most {max(limits):,} copies"
            objections.append((refusal("rights-too-many-copies", detail), one.id, change))
    return objections


def _licence_terms(
    about: Sequence[Statement], question: Question, known: Circumstances
) -> list[_Objection]:
    """Hold what leaves the house to the licences that the statements name."""
    objections: list[_Objection] = []
    for one in about:
        label = label_of(one.statement_uri or "")
        if label is None:
            continue
        if _may_not_be_adapted(label) and known.derivative and question.audience == "public":
            reason = refusal("rights-derivative-not-granted", f"{one.id}: {label.name}")
            objections.append((reason, one.id, "giving away the file as it is"))
        if "by" in label.conditions and not (one.attribution or "").strip():
            reason = refusal("rights-attribution-missing", f"{one.id}: {label.name}")
            objections.append((reason, one.id, f"attribution in {one.id}"))
    return objections


def _may_not_be_adapted(label: Label) -> bool:
    return "nd" in label.conditions


def _deletion(known: Circumstances) -> list[_Objection]:
    lacking = [
        word
        for word, given in (("reason", known.reason), ("authority", known.authority))
        if not (given or "").strip()
    ]
    detail = [f"no {word} is given" for word in lacking]
    changes = [f"giving {word}" for word in lacking]
    if known.copies_left < known.copies_required:
        left, required = known.copies_left, known.copies_required
        detail.append(f"{left:,} verified copies would remain, {required:,} are required")
        changes.append(f"{required - left:,} further verified copies elsewhere")
    return [
        (refusal("rights-deletion-not-granted", words), None, change)
        for words, change in zip(detail, changes, strict=True)
    ]
