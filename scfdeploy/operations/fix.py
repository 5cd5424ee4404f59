"""`validate --fix`: makes the edits that findings are certain of, and nothing else, until there are none left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from scfdeploy.diagnostics import Edit, Severity
from scfdeploy.diagnostics.edits import SourceText
from scfdeploy.operations.check import CheckedProject, load_and_check
from scfdeploy.operations.request import Request
from scfdeploy.workspace.atomic_write import replace_file

_ROUNDS = 10


def fix(request: Request) -> dict[str, int]:
    """Edit the files of a project in place; how many edits were made, by file as shown.

    Comments, layout, line ends and a byte-order mark stay. A round that leaves more errors than it found is taken
    back. Raises ScfDeployError when a file cannot be written.
    """
    made: Counter[str] = Counter()
    checked = load_and_check(request)
    for _ in range(_ROUNDS):
        before, counts = _round(_fixes(checked), request.load.cwd)
        if not counts:
            break
        after = load_and_check(request)
        if _errors(after) > _errors(checked):
            for path, content in before.items():
                replace_file(path, content)
            break
        made.update(counts)
        checked = after
    return dict(made)


def _fixes(checked: CheckedProject) -> dict[str, list[tuple[Edit, ...]]]:
    """The fixes of all findings, by file as shown."""
    found: dict[str, list[tuple[Edit, ...]]] = {}
    for finding in checked.findings.diagnostics:
        if finding.fix:
            found.setdefault(finding.fix[0].span.file, []).append(finding.fix)
    return found


def _round(fixes: Mapping[str, Sequence[tuple[Edit, ...]]], cwd: str) -> tuple[dict[Path, bytes], dict[str, int]]:
    """Edit each file once; the files' bytes from before by path, and the number of edits by file as shown."""
    before: dict[Path, bytes] = {}
    counts: dict[str, int] = {}
    for file, wanted in fixes.items():
        path = Path(cwd, file).resolve()
        content = path.read_bytes()
        changed, made = SourceText(content.decode("utf-8")).edited(wanted)
        edits = {edit for fix, is_made in zip(wanted, made, strict=True) if is_made for edit in fix}
        if edits:
            replace_file(path, changed.encode("utf-8"))
            before[path], counts[file] = content, len(edits)
    return before, counts


def _errors(checked: CheckedProject) -> int:
    return sum(found.severity is Severity.ERROR for found in checked.findings.diagnostics)
