"""What exporting a bag came to, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from archiver.export import Exported
from archiver.findings import Severity
from archiver.hand_over import HandedOver
from cli.render.findings import finding_record, item_lines, of_finding, of_remark, remark_record
from cli.render.json_lines import Record
from cli.render.text import Line, Tone, count, size


def exported_records(found: HandedOver, dry_run: bool = False) -> Iterator[Record]:
    """Yield the JSON records: what stands against it, findings, then what was written."""
    for remark in found.permission.remarks:
        yield remark_record(remark, bag=found.bag)
    done = found.exported
    findings = (*found.findings, *(done.findings if done else ()))
    for finding in findings:
        yield finding_record(finding, bag=found.bag)
    allowed, question = found.permission, found.permission.question
    yield {
        "type": "export",
        "bag": found.bag,
        "id": found.bag_id,
        "state": found.state.value,
        "act": question.act,
        "audience": question.audience,
        "territory": question.territory,
        "as_of": question.as_of.isoformat(),
        "refused_files": allowed.refused,
        "refused": dict(allowed.totals),
        "granted": dict(allowed.granted),
        "conditions": list(allowed.conditions),
        "path": done.path if done else None,
        "form": done.form.value if done else None,
        "files": done.files if done else 0,
        "bytes": done.bytes if done else 0,
        "size": None if dry_run else done.size if done else 0,
        "parts": _parts(done, dry_run) if done else [],
        "dry_run": dry_run,
        "bytes_free": done.bytes_free if done else None,
        "findings": len(findings),
    }


def exported_lines(found: HandedOver, every: bool) -> Iterator[Line]:
    """Yield what a person wants to know of it."""
    done, allowed = found.exported, found.permission
    if done is None:
        yield from _refusal(found, every)
    elif done.path is None:
        yield Line(f"not exported: {found.bag}", Tone.BAD)
    else:
        yield from _written(done)
        for condition in allowed.conditions:
            yield Line(f"  on condition of {condition}")
    findings = (*found.findings, *(done.findings if done else ()))
    shown = [one for one in findings if every or one.severity is not Severity.NOTE]
    yield from item_lines(map(of_finding, shown), every)


def _parts(done: Exported, dry_run: bool) -> list[Record]:
    return [{**asdict(part), "size": None} if dry_run else asdict(part) for part in done.parts]


def _written(done: Exported) -> Iterator[Line]:
    amount = f"{count(done.files, 'file')}, {size(done.bytes)}"
    if done.dry_run:
        room = f" ({size(done.bytes_free)} free)" if done.bytes_free is not None else ""
        parts = f" in {len(done.parts)} parts" if done.parts else ""
        said = f"would be exported{parts} to {done.path}: {amount}{room}; nothing was compared"
        yield Line(said)
        for part in done.parts:
            yield Line(f"  {part.path}")
        return
    if done.parts:
        yield Line(
            f"exported in {len(done.parts)} parts: {amount}, each compared with the manifests"
        )
        for part in done.parts:
            yield Line(f"  {part.path} ({size(part.size)})")
        return
    yield Line(f"exported to {done.path}: {amount}, each compared with the manifests")


def _refusal(found: HandedOver, every: bool) -> Iterator[Line]:
    allowed, question = found.permission, found.permission.question
    where = f" in {question.territory}" if question.territory else ""
    asked = f"{question.act} for {question.audience}{where} on {question.as_of}"
    yield Line(f"not exported: {found.bag}", Tone.BAD)
    yield Line(
        f"  {allowed.refused:,} of {count(allowed.files, 'file')} may not leave: {asked}."
        " Nothing was written."
    )
    yield from item_lines(map(of_remark, allowed.remarks), every, allowed.totals)
    if question.act == "disseminate":
        yield Line(
            "  --audience and --territory ask for less; a copy that stays in the house needs no"
            " grant to disseminate: --in-house",
            Tone.FAINT,
        )
