"""Repair the layout of a workflow that was copied from a printed page: broken lines, and lost indentation.

Only used for a file that is not readable as it is. Each line of the result knows its line in the file.
"""

from __future__ import annotations

import re

from scfdeploy.diagnostics import message
from scfdeploy.records import NamedTuple
from scfdeploy.scaffold.ci.existing_pipeline import Repair

WORKFLOW_KEYS = ("name", "run-name", "on", "permissions", "env", "defaults", "concurrency", "jobs")
JOB_KEYS = (
    *("name", "permissions", "needs", "if", "runs-on", "environment", "concurrency", "outputs", "env", "defaults"),
    *("steps", "timeout-minutes", "strategy", "continue-on-error", "container", "services", "uses", "with", "secrets"),
)
STEP_KEYS = (
    *("id", "if", "name", "uses", "run", "working-directory", "shell", "with", "env"),
    *("continue-on-error", "timeout-minutes"),
)
_EVENTS = ("push", "pull_request", "pull_request_target", "schedule", "workflow_dispatch", "workflow_call", "release")
_FILTERS = ("branches", "branches-ignore", "paths", "paths-ignore", "tags", "tags-ignore", "types", "inputs", "cron")
# A printed line is broken near its right edge.
_KEY = re.compile(r"(?P<dash>- +)?(?P<quote>['\"]?)(?P<key>[A-Za-z_][\w.-]*)(?P=quote)\s*:(?P<value>\s.*|)$")
_BLOCK = re.compile(r"^[|>][+-]?\d?[+-]?\s*(?:#.*)?$")
_COMMENT = re.compile(r"(?:^|\s)#")


class _Source(NamedTuple):
    number: int
    indent: int
    text: str


class RepairedText(NamedTuple):
    """A workflow with a usual layout."""

    text: str
    numbers: tuple[int, ...]
    """The line in the file, for each line of `text`."""
    repairs: tuple[Repair, ...]


def repair_workflow(text: str) -> RepairedText:
    """Join broken lines, and indent each line by the meaning of its key."""
    joined, repairs = _join(text)
    layout = _Layout(repairs)
    for at, line in enumerate(joined):
        layout.read(line, joined[at + 1] if at + 1 < len(joined) else None)
    repairs.sort(key=lambda repair: repair.number)
    return RepairedText("\n".join(layout.lines) + "\n", tuple(layout.numbers), tuple(repairs))


def _join(text: str) -> tuple[list[_Source], list[Repair]]:
    """The lines with content, each broken one joined to the line that it continues."""
    lines: list[_Source] = []
    repairs: list[Repair] = []
    block: int | None = None
    for number, raw in enumerate(text.replace("\t", "  ").splitlines(), start=1):
        content = raw.strip()
        indent = len(raw) - len(raw.lstrip())
        if block is not None and (not content or indent > block):
            lines.append(_Source(number, indent, content))
            continue
        if not content:
            continue
        key = _KEY.match(content)
        is_start = content.startswith("#") or _is_structure(content, key, lines[-1] if lines else None, indent)
        if block is not None and not (is_start and _is_known(content, key)):
            lines.append(_Source(number, block + 2, content))
            repairs.append(Repair(number, message("read as a line of the script above")))
            continue
        block = None
        if is_start or not lines:
            lines.append(_Source(number, indent, content))
            if key is not None and _BLOCK.match(key["value"].strip()):
                block = indent
            continue
        before = lines[-1]
        lines[-1] = before._replace(text=_joined(before.text, content))
        repairs.append(Repair(number, message("joined to the line before")))
    return lines, repairs


def _is_structure(content: str, key: re.Match[str] | None, before: _Source | None, indent: int) -> bool:
    """Whether a line begins a key or an item, and does not continue the line before."""
    if before is None:
        return True
    if content == "-" or (content.startswith("- ") and key is None):
        return True
    if key is None:
        return False
    if key["dash"] or _is_known(content, key):
        return True
    # "Note: see below" in the rest of a comment looks like a key.
    is_comment = _comment_of(before.text) != "" and indent <= before.indent and indent == 0
    return not is_comment or re.fullmatch(r"[A-Z][A-Z0-9_]+|[a-z]+(?:-[a-z]+)+", key["key"]) is not None


def _is_known(content: str, key: re.Match[str] | None) -> bool:
    if key is None:
        return content.startswith("- ")
    name = key["key"]
    return (
        name in (*WORKFLOW_KEYS, *JOB_KEYS, *STEP_KEYS, *_EVENTS, *_FILTERS)
        or re.fullmatch(r"[A-Z][A-Z0-9]*_[A-Z0-9_]+", name) is not None
    )


def _comment_of(text: str) -> str:
    """The comment at the end of a line; empty without one."""
    bare = re.sub(r"'[^']*'|\"[^\"]*\"", lambda match: "x" * len(match[0]), text)
    found = _COMMENT.search(bare)
    return text[found.start() :] if found else ""


def _joined(before: str, content: str) -> str:
    if _comment_of(before):
        return f"{before} {content}"
    # A word that is broken within: `gradle/gradle-build-` and `action@v2`, `secrets.TENCENT_SEC` and `RET_ID`.
    is_broken_word = before.endswith(("-", "/", "@", "_", ".")) or (
        before.rfind("{{") > before.rfind("}}") and before[-1].isalnum() and content[0].isalnum()
    )
    return f"{before}{content}" if is_broken_word else f"{before} {content}"


class _Layout:
    """Indents each line by its key and by the lines before it."""

    def __init__(self, repairs: list[Repair]) -> None:
        self.lines: list[str] = []
        self.numbers: list[int] = []
        self.repairs = repairs
        self.where = "top"
        """One of top, on, map (of the workflow), jobs, job, job-map, steps, step, step-map."""
        self.seen: set[str] = set()
        self.map_key = ""
        self.map_indent = 0
        """Where the open map is in the file."""
        self.map_target = 0
        """Where it is in the result."""
        self.steps_indent = 0
        self.job_indent: int | None = None
        self.script: int | None = None

    def read(self, line: _Source, after: _Source | None) -> None:
        """Add one line."""
        if self.script is not None and (not line.text or line.indent > self.script):
            self._write(line, 10 + max(0, line.indent - self.script - 2))
            return
        self.script = None
        key = _KEY.match(line.text)
        if line.text.startswith("#"):
            self._write(line, 0)
            return
        target = self._place(line, key, after)
        if target != line.indent:
            self._indented(line, target)
        self._write(line, target)
        if key is not None and _BLOCK.match(key["value"].strip()):
            self.script = line.indent

    def _indented(self, line: _Source, target: int) -> None:
        if self._is_shifted(line, target):
            self.repairs.append(Repair(line.number, message("indented as the key requires")))

    def _is_shifted(self, line: _Source, target: int) -> bool:
        """Whether the indentation of a line was lost, and not only written in another style."""
        if self.where == "step-map" and target >= 10 and line.indent <= self.map_indent:
            return True
        is_in_step = self.where in ("step", "step-map", "steps")
        return line.indent == 0 or (is_in_step and line.indent <= self.steps_indent - 2)

    def _place(self, line: _Source, key: re.Match[str] | None, after: _Source | None) -> int:  # noqa: PLR0911
        name = key["key"] if key is not None else ""
        is_open = key is not None and not key["value"].partition(" #")[0].strip()
        if self._is_top(line, name):
            return self._open_top(line, name)
        match self.where:
            case "top" | "map" | "on":
                return self._below_top(line, name, is_open=is_open)
            case "jobs":
                self.where, self.job_indent, self.seen = "job", line.indent, set()
                return 2
            case "job" | "job-map":
                return self._in_job(line, key, name, is_open=is_open)
        if key is not None and key["dash"] and name in STEP_KEYS and not self._is_inside_map(line):
            return self._open_step(line, name, is_open=is_open)
        if self._is_new_job(line, name, after, is_open=is_open):
            self.where, self.job_indent, self.seen = "job", line.indent, set()
            return 2
        return self._in_step(line, name, is_open=is_open)

    def _is_top(self, line: _Source, name: str) -> bool:
        if line.indent or name not in WORKFLOW_KEYS or f"top:{name}" in self.seen:
            return False
        if self.where in ("top", "map", "on"):
            return name in ("on", "jobs") or self.where == "top" or name not in ("name",)
        return name == "on" or (name in ("concurrency", "defaults") and self.where in ("step", "step-map"))

    def _open_top(self, line: _Source, name: str) -> int:
        self.seen.add(f"top:{name}")
        self.where = {"jobs": "jobs", "on": "on"}.get(name, "map")
        self.map_key, self.map_indent, self.map_target = "", line.indent, 0
        return 0

    def _below_top(self, line: _Source, name: str, *, is_open: bool) -> int:
        if self.where == "on":
            if name in _EVENTS:
                self.map_key, self.map_indent = name, line.indent
                return 2
            if name in _FILTERS:
                self.map_target = 4
                return 4
            return 6 if line.text.startswith("- ") and self.map_target == 4 else max(2, line.indent)
        return max(2, line.indent) if self.where == "map" else line.indent

    def _in_job(self, line: _Source, key: re.Match[str] | None, name: str, *, is_open: bool) -> int:
        is_below = self.where == "job-map" and line.indent > self.map_indent
        if name == "steps" and not is_below:
            self.where, self.steps_indent = "steps", line.indent
            self.seen = {one for one in self.seen if one.startswith("top:")}
            return 4
        if name in JOB_KEYS and not is_below and not (key is not None and key["dash"]):
            self.where = "job-map" if is_open else "job"
            self.map_key, self.map_indent = name, line.indent
            return 4
        if key is not None and key["dash"] and name in STEP_KEYS and not is_below:
            # The steps without `steps:`.
            self.where = "steps"
            return self._open_step(line, name, is_open=is_open)
        return 6 + max(0, line.indent - self.map_indent - 2) if is_below else 6

    def _is_inside_map(self, line: _Source) -> bool:
        return self.where == "step-map" and line.indent > self.map_indent + 2

    def _open_step(self, line: _Source, name: str, *, is_open: bool) -> int:
        self.where = "step"
        self.seen = {one for one in self.seen if one.startswith("top:")} | {name}
        self.map_indent = line.indent + 2
        if is_open and name in ("with", "env"):
            self.where, self.map_key = "step-map", name
        return 6

    def _is_new_job(self, line: _Source, name: str, after: _Source | None, *, is_open: bool) -> bool:
        if not is_open or not name or name in STEP_KEYS or after is None:
            return False
        following = _KEY.match(after.text)
        if following is None or following["dash"] or following["key"] not in JOB_KEYS:
            return False
        return line.indent <= (self.job_indent or 0) or following["key"] in ("runs-on", "needs", "steps")

    def _in_step(self, line: _Source, name: str, *, is_open: bool) -> int:
        is_below = self.where == "step-map" and line.indent > self.map_indent
        if name in STEP_KEYS and not is_below and name not in self.seen:
            self.seen.add(name)
            self.where = "step-map" if is_open and name in ("with", "env") else "step"
            self.map_key, self.map_indent = name, line.indent
            return 8
        if self.where == "steps":
            return 6
        return 10 + max(0, line.indent - self.map_indent - 2) if is_below else 10

    def _write(self, line: _Source, indent: int) -> None:
        self.lines.append(f"{' ' * indent}{line.text}" if line.text else "")
        self.numbers.append(line.number)
