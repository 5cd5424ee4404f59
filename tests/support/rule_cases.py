"""Cases of rules as data: the reader of their files, and the way from a case to the findings.

A case is one of: `inputs`, a part of a file under `inputs:` (what every function needs and the case does not name is
added behind it); `yml`, a whole serverless.yml; or only `files`, several projects in folders. Lines and columns of an
`inputs` case count within that text. Of `files`, the text of a .zip is the names of the empty files in it.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from scfdeploy.config import LoadOptions, load_project
from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.rules import check

CASES = Path(__file__).parent.parent / "rules" / "cases"
_HEAD = ("component: scf", "name: demo", "inputs:")
_USUAL = {"name": "hello", "runtime": "Python3.10", "handler": "index.main_handler", "src": "./"}
_CODE = {"index.py": "def main_handler(event, context):\n    return event\n"}


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a rule. `expect` is empty for a good one."""

    rule: str
    name: str
    expect: tuple[str, ...] = ()
    inputs: str | None = None
    yml: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.rule}: {self.name}"


def all_cases() -> list[Case]:
    """Every case of every file, in order."""
    return [case for path in sorted(CASES.glob("*.yml")) for case in cases_in(path)]


def cases_in(path: Path) -> Iterator[Case]:
    """The cases of one file, named like its rule."""
    document: Any = YAML(typ="safe", pure=True).load(path)
    for name, body in document["good"].items():
        yield Case(path.stem, name, **body)
    for name, body in document["bad"].items():
        yield Case(path.stem, name, tuple(body.pop("expect")), **body)


def findings_of(case: Case, folder: Path) -> list[str]:
    """What the rules find, each as `[file:]line:column rule [code]`; the reader itself may find nothing wrong."""
    return [_as_text(found, case) for found in diagnostics_of(case, folder)]


def diagnostics_of(case: Case, folder: Path) -> Sequence[Diagnostic]:
    """What the rules find, in the order to show it."""
    for path, text in {**_CODE, **case.files}.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.endswith(".zip"):
            _make_archive(target, text.split())
        else:
            target.write_text(text, encoding="utf-8")
    whole = case.yml if case.inputs is None else under_inputs(case.inputs)
    if whole is not None:
        (folder / "serverless.yml").write_text(whole, encoding="utf-8")
    loaded = load_project(".", LoadOptions(environ=case.env, cwd=str(folder)))
    wrong = [found for found in loaded.diagnostics if found.severity is Severity.ERROR]
    assert not wrong, f"the case is no well-formed project: {wrong}"
    assert loaded.project is not None
    return check(loaded.project).sorted()


def under_inputs(text: str) -> str:
    """A whole file with this text under `inputs:`, and behind it the usual keys that it does not name."""
    written = set(re.findall(r"^([A-Za-z]\w*):", text, re.MULTILINE))
    usual = dict(_USUAL)
    if "type: web" in text:
        del usual["handler"]
    if "image" in written:
        usual = {"name": "hello"}
    rest = [f"  {key}: {value}" for key, value in usual.items() if key not in written]
    body = [f"  {line}" if line else "" for line in text.rstrip().splitlines()]
    return "\n".join([*_HEAD, *body, *rest, ""])


def _make_archive(target: Path, names: Sequence[str]) -> None:
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, "")


def _as_text(found: Diagnostic, case: Case) -> str:
    assert found.subject is not None
    file, line, column = found.subject.file, found.subject.start.line, found.subject.start.column
    in_config = file.endswith("serverless.yml")
    if case.inputs is not None and in_config:
        line, column = line - len(_HEAD), column - 2
    place = f"{line}:{column}" if file == "serverless.yml" else f"{file}:{line}:{column}"
    return " ".join(part for part in (place, found.rule, found.code) if part)
