"""The report of `ci init --from`: what the new pipeline does instead of each part of the old one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scfdeploy.diagnostics import message
from scfdeploy.model.redaction import lines_without_secrets
from scfdeploy.records import NamedTuple
from scfdeploy.report.terminal import safe

if TYPE_CHECKING:
    from scfdeploy.scaffold.ci import Line, Proposal, Repair


_STARS = re.compile(r"\*{4,}")


class MigratedPipeline(NamedTuple):
    """An old pipeline file, compared with the new one. The texts of its lines have no secrets."""

    file: str
    lines: Sequence[Line]
    repairs: Sequence[Repair]


def migrated_pipeline(file: Path, lines: Iterable[Line], repairs: Sequence[Repair]) -> MigratedPipeline:
    """The report of a file, with secrets redacted."""
    shown = [line._replace(text=_STARS.sub("***", " ".join(lines_without_secrets(line.text)))) for line in lines]
    return MigratedPipeline(str(file), shown, repairs)


def report_lines(migrated: MigratedPipeline) -> Iterator[str]:
    """The report as text. What is not carried over comes last."""
    file = safe(migrated.file)
    carried = [line for line in migrated.lines if line.is_carried]
    lost = [line for line in migrated.lines if not line.is_carried]
    if migrated.repairs:
        yield message("{file} is damaged, as after copying from a printed page. It was read as follows:", file=file)
        yield from _repair_lines(migrated.repairs)
        yield ""
    if carried:
        yield message("Carried over from {file}:", file=file)
        yield from (_line(line) for line in carried)
        yield ""
    if lost:
        yield message("Not carried over from {file}:", file=file)
        yield from (_line(line) for line in lost)
    else:
        yield message("Everything in {file} is carried over.", file=file)


def next_step(migrated: MigratedPipeline, proposal: Proposal) -> str:
    """What to do with the old file; empty when the new one replaced it."""
    if Path(migrated.file).resolve() == proposal.path.resolve():
        return ""
    file = safe(migrated.file)
    return message("Remove {file} after the first successful run of the new pipeline.", file=file)


def render_json(
    proposal: Proposal, *, is_written: bool, notes: Sequence[str], migrated: MigratedPipeline | None
) -> str:
    """The result of `ci init` as a JSON document."""
    from scfdeploy.report.document import dumps, plain_document

    keys: dict[str, object] = {
        "ok": is_written or proposal.is_same,
        "file": str(proposal.path),
        "written": is_written,
        "diff": "" if proposal.is_new or proposal.is_same else proposal.diff(),
        "notes": list(notes),
    }
    if migrated is not None:
        keys["from"] = {
            "file": migrated.file,
            "carriedOver": [
                {"line": line.number, "text": line.text, "becomes": line.becomes}
                for line in migrated.lines
                if line.is_carried
            ],
            "notCarriedOver": [
                {"line": line.number, "text": line.text, "reason": line.becomes}
                for line in migrated.lines
                if not line.is_carried
            ],
            "repairs": [{"line": repair.number, "text": repair.text} for repair in migrated.repairs],
        }
    return dumps(plain_document("ci init", keys))


def _line(line: Line) -> str:
    # The replacement quotes the file too, for example the stage.
    return safe(message("  line {number}: {text}: {becomes}", number=line.number, text=line.text, becomes=line.becomes))


def _repair_lines(repairs: Iterable[Repair]) -> Iterator[str]:
    """Each kind of repair once, with its lines."""
    kinds: dict[str, list[int]] = {}
    for repair in repairs:
        kinds.setdefault(repair.text, []).append(repair.number)
    for text, numbers in kinds.items():
        ranges = ", ".join(_ranges(numbers))
        if len(numbers) == 1:
            yield message("  line {number}: {text}", number=ranges, text=text)
        else:
            yield message("  lines {numbers}: {text}", numbers=ranges, text=text)


def _ranges(numbers: Sequence[int]) -> Iterator[str]:
    first = last = numbers[0]
    for number in [*numbers[1:], -1]:
        if number == last + 1:
            last = number
            continue
        yield str(first) if first == last else f"{first}-{last}"
        first = last = number
