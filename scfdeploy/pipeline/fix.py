"""`validate --fix`: makes the edits that findings are certain of, and nothing else, until there are none left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from scfdeploy.diagnostics import Edit, Severity, edited
from scfdeploy.pipeline.checked import Checked, load_and_check
from scfdeploy.pipeline.replace_file import replace_file
from scfdeploy.pipeline.request import Request

_ROUNDS = 10
_BOM = "\ufeff"


def fix(request: Request) -> dict[str, int]:
    """Edit the files of a project in place; how many edits were made, by file as shown.

    Comments, layout, line ends and a byte-order mark stay. A round that leaves more errors than it found is taken
    back. Raises ScfDeployError when a file cannot be written.
    """
    made: Counter[str] = Counter()
    checked = load_and_check(request)
    for _ in range(_ROUNDS):
        before, counts = _round(_edits(checked), request.load.cwd)
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


def _edits(checked: Checked) -> dict[str, list[Edit]]:
    found: dict[str, list[Edit]] = {}
    for finding in checked.findings.diagnostics:
        for edit in finding.fix:
            found.setdefault(edit.span.file, []).append(edit)
    return found


def _round(edits: Mapping[str, list[Edit]], cwd: str) -> tuple[dict[Path, bytes], dict[str, int]]:
    """Edit each file once; the files' bytes from before by path, and the number of edits by file as shown."""
    before: dict[Path, bytes] = {}
    counts: dict[str, int] = {}
    for file, wanted in edits.items():
        path = Path(cwd, file).resolve()
        content = path.read_bytes()
        text = content.decode("utf-8")
        mark = _BOM if text.startswith(_BOM) else ""
        changed, count = edited(text.removeprefix(_BOM), wanted)
        if count:
            replace_file(path, (mark + changed).encode("utf-8"))
            before[path], counts[file] = content, count
    return before, counts


def _errors(checked: Checked) -> int:
    return sum(found.severity is Severity.ERROR for found in checked.findings.diagnostics)
