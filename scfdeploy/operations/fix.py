"""`validate --fix`: apply the certain fixes of findings, in rounds, until none is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from scfdeploy.config.variables.errors import VARIABLE_UNSET
from scfdeploy.diagnostics import Diagnostic, Edit, Severity
from scfdeploy.diagnostics.edits import SourceText
from scfdeploy.operations.check import CheckedProject, load_and_check
from scfdeploy.operations.request import Request
from scfdeploy.workspace.atomic_write import replace_file

_MAX_ROUNDS = 10


def fix(request: Request) -> tuple[dict[str, int], CheckedProject]:
    """Edit the files of a project in place. Returns the number of edits by displayed file name, and the last check.

    Comments, layout, line ends and a byte-order mark stay. A round after which there are more errors, some of them
    without a fix, is undone, and so are all rounds if there are more errors in the end, unless the files cannot be
    read without them.
    Raises ScfDeployError if a file cannot be written.
    """
    edits: Counter[str] = Counter()
    first = checked = load_and_check(request, advise=True, read_code=True)
    originals: dict[Path, bytes] = {}
    for _ in range(_MAX_ROUNDS):
        before, counts = _apply_fixes(_fixes(checked), request.load.cwd)
        if not counts:
            break
        after = load_and_check(request, advise=True, read_code=True)
        is_readable_now = checked.project is None and after.project is not None
        if _has_become_worse(checked, after) and not is_readable_now:
            _restore(before)
            break
        originals = {**before, **originals}
        edits.update(counts)
        checked = after
    if first.project is not None and len(_errors(checked)) > len(_errors(first)):
        _restore(originals)
        return {}, first
    return dict(edits), checked


def _restore(contents: Mapping[Path, bytes]) -> None:
    for path, content in contents.items():
        replace_file(path, content)


def _fixes(checked: CheckedProject) -> dict[str, list[tuple[Edit, ...]]]:
    """The fixes of all findings, by displayed file name."""
    fixes: dict[str, list[tuple[Edit, ...]]] = {}
    for finding in checked.findings.diagnostics:
        if finding.fix:
            fixes.setdefault(finding.fix[0].span.file, []).append(finding.fix)
    return fixes


def _apply_fixes(fixes: Mapping[str, Sequence[tuple[Edit, ...]]], cwd: str) -> tuple[dict[Path, bytes], dict[str, int]]:
    """Edit each file once. Returns the previous contents by path, and the number of edits by displayed file name."""
    before: dict[Path, bytes] = {}
    counts: dict[str, int] = {}
    for file, file_fixes in fixes.items():
        path = Path(cwd, file).resolve()
        content = path.read_bytes()
        changed, applied = SourceText(content.decode("utf-8")).edited(file_fixes)
        edits = {edit for fix, is_applied in zip(file_fixes, applied, strict=True) if is_applied for edit in fix}
        if edits:
            replace_file(path, changed.encode("utf-8"))
            before[path], counts[file] = content, len(edits)
    return before, counts


def _errors(checked: CheckedProject) -> list[Diagnostic]:
    """The errors. A variable that is not set yet is none: a fix writes one where a value is left out."""
    return [
        finding
        for finding in checked.findings.diagnostics
        if finding.severity is Severity.ERROR and finding.rule != VARIABLE_UNSET.id
    ]


def _has_become_worse(before: CheckedProject, after: CheckedProject) -> bool:
    """Whether there are more errors, and not only such that the next round corrects."""
    old, new = _errors(before), _errors(after)
    return len(new) > len(old) and sum(not error.fix for error in new) > sum(not error.fix for error in old)
