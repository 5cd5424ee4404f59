"""What the parser could not read: reported in words for people, and mended in memory so that reading can go on."""

from __future__ import annotations

from typing import Any

from ruamel.yaml.reader import ReaderError

from scfdeploy.config.yaml.marks import Places
from scfdeploy.config.yaml.recovery.explain import explain
from scfdeploy.config.yaml.recovery.mistake import Broken, Mistake
from scfdeploy.diagnostics import Diagnostics, Edit


def report_and_mend(error: Exception, lines: list[str], *, places: Places, diagnostics: Diagnostics) -> bool:
    """Report what made the parser stop and change `lines` to what was meant; False where that is not certain."""
    if isinstance(error, ReaderError):
        mistake = _bad_character("\n".join(lines)[: error.position])
    else:
        mistake = explain(_broken(lines, error))
    diagnostics.error(
        mistake.rule,
        places.stretch(mistake.line, mistake.column, mistake.length),
        mistake.summary,
        detail=mistake.detail,
        hint=mistake.hint,
        fix=_cure(mistake, lines, places) if mistake.is_cure else (),
    )
    for line, mended in mistake.mended.items():
        lines[line] = mended
    for line, column in mistake.inserted:
        places.insert(line, column)
    return bool(mistake.mended)


def _cure(mistake: Mistake, lines: list[str], places: Places) -> tuple[Edit, ...]:
    """What the mending changes, as edits of the file."""
    edits = []
    for line, mended in mistake.mended.items():
        written = lines[line]
        start = _alike(written, mended)
        rest = _alike(written[start:][::-1], mended[start:][::-1])
        span = places.stretch(line, start, len(written) - rest - start)
        edits.append(Edit(span, mended[start : len(mended) - rest], written[start : len(written) - rest]))
    return tuple(edits)


def _alike(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    shorter = min(len(one), len(other))
    return next((at for at in range(shorter) if one[at] != other[at]), shorter)


def _broken(lines: list[str], error: Any) -> Broken:
    problem = error.problem_mark
    context = error.context_mark if error.context_mark is not None else problem
    return Broken(
        lines,
        str(error.problem or ""),
        problem.line,
        problem.column,
        str(error.context or ""),
        context.line,
        context.column,
    )


def _bad_character(before: str) -> Mistake:
    return Mistake(
        "yaml-character",
        before.count("\n"),
        len(before) - (before.rfind("\n") + 1),
        1,
        "Character that YAML does not allow",
        "A control character stands here; editors do not show it.",
        "Remove it.",
    )
