"""Read the cases of rules from their files, and run the rules on them.

A case has `inputs`, the text under `inputs:` (missing required keys are added after it); or `yml`, a complete
serverless.yml; or only `files`, several projects in folders. Lines and columns of an `inputs` case count within that
text. In `files`, the text of a .zip lists the empty files in it. `repeated` has the sizes of JSON files with one text.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from scfdeploy.config import LoadOptions, load_project
from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.rules import ADVICE, OFF_BY_DEFAULT, check

CASES = Path(__file__).parent.parent / "rules" / "cases"
_HEAD = ("component: scf", "name: demo", "inputs:")
_REQUIRED = {"name": "hello", "runtime": "Python3.10", "handler": "index.main_handler", "src": "./"}
_CODE = {"index.py": "def main_handler(event, context):\n    return event\n"}


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a rule. `expect` is empty for a valid one."""

    rule: str
    name: str
    expect: tuple[str, ...] = ()
    inputs: str | None = None
    yml: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    repeated: Mapping[str, int] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.rule}: {self.name}"


@cache
def all_cases() -> tuple[Case, ...]:
    """Every case of every file, in order."""
    return tuple(case for path in sorted(CASES.glob("*.yml")) for case in cases_in(path))


def cases_in(path: Path) -> Iterator[Case]:
    """The cases of one file, named like its rule."""
    document: Any = YAML(typ="safe").load(path)
    for name, body in document["good"].items():
        yield Case(path.stem, name, **body)
    for name, body in document["bad"].items():
        yield Case(path.stem, name, tuple(body.pop("expect")), **body)


def findings_of(case: Case, folder: Path) -> list[str]:
    """The findings of the rules, each as `[file:]line:column rule [code]`."""
    return [as_text(diagnostic, case) for diagnostic in diagnostics_of(case, folder)]


def diagnostics_of(case: Case, folder: Path) -> Sequence[Diagnostic]:
    """The findings of the rules in file order. The case must load without errors."""
    large = {path: json.dumps("x" * size) for path, size in case.repeated.items()}
    for path, text in {**_CODE, **case.files, **large}.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.endswith(".zip"):
            _make_archive(target, text.split())
        else:
            target.write_text(text, encoding="utf-8")
    text = case.yml if case.inputs is None else under_inputs(case.inputs)
    if text is not None:
        (folder / "serverless.yml").write_text(text, encoding="utf-8")
    loaded = load_project(".", LoadOptions(environ=case.env, cwd=str(folder)))
    errors = [diagnostic for diagnostic in loaded.diagnostics if diagnostic.severity is Severity.ERROR]
    assert not errors, f"the case does not load: {errors}"
    assert loaded.project is not None
    return check(loaded.project, off=(OFF_BY_DEFAULT | ADVICE) - {case.rule}).sorted()


def under_inputs(text: str) -> str:
    """A complete file with this text under `inputs:`, followed by the required keys that it lacks."""
    keys = set(re.findall(r"^([A-Za-z]\w*):", text, re.MULTILINE))
    required = dict(_REQUIRED)
    if "type: web" in text:
        del required["handler"]
    if "image" in keys:
        required = {"name": "hello"}
    added = [f"  {key}: {value}" for key, value in required.items() if key not in keys]
    body = [f"  {line}" if line else "" for line in text.rstrip().splitlines()]
    return "\n".join([*_HEAD, *body, *added, ""])


def _make_archive(target: Path, names: Sequence[str]) -> None:
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, "")


def as_text(diagnostic: Diagnostic, case: Case) -> str:
    """A finding as cases expect it: `[file:]line:column rule [code]`."""
    assert diagnostic.subject is not None
    span = diagnostic.subject
    file, line, column = span.file, span.start.line, span.start.column
    in_config = file.endswith("serverless.yml")
    if case.inputs is not None and in_config:
        line, column = line - len(_HEAD), column - 2
    place = f"{line}:{column}" if file == "serverless.yml" else f"{file}:{line}:{column}"
    return " ".join(part for part in (place, diagnostic.rule, diagnostic.code) if part)
