"""Folders with a serverless.yml in them, and what loading them gives, in a form that reads well in assertions."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path

from scfdeploy.config import LoadOptions, LoadResult, load_project
from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec

HEAD = """\
component: scf
name: shop
app: mall
inputs:
  src: ./code
  runtime: Python3.10
"""


class Workspace:
    """A folder with `code/index.py`; its files are written and loaded as a user would."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("code/index.py", "")

    def write(self, name: str, content: str | bytes) -> Workspace:
        """Write a file, text without its common indentation."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(textwrap.dedent(content), encoding="utf-8")
        return self

    def load(
        self,
        path: str = ".",
        *,
        stage: str | None = None,
        region: str | None = None,
        variables: Mapping[str, str] | None = None,
        env_file: str | None = None,
        environ: Mapping[str, str] | None = None,
        cwd: str = ".",
        skip_unsupported: bool = False,
    ) -> LoadResult:
        """Load as from inside the folder."""
        options = LoadOptions(
            stage, region, variables or {}, env_file, environ or {}, str(self.root / cwd), skip_unsupported
        )
        return load_project(path, options)

    def load_text(self, text: str, **options: str | Mapping[str, str]) -> LoadResult:
        """Write this serverless.yml and load it."""
        self.write("serverless.yml", text)
        return self.load(**options)  # type: ignore[arg-type]

    def load_inputs(self, inputs: str, **options: str | Mapping[str, str]) -> LoadResult:
        """Load a complete file with these further inputs; the first of them is in line 7."""
        return self.load_text(HEAD + textwrap.indent(textwrap.dedent(inputs), "  "), **options)


def function_of(loaded: LoadResult) -> FunctionSpec:
    """The only function."""
    assert loaded.project is not None, findings(loaded)
    (function,) = loaded.project.functions
    return function


def findings(loaded: LoadResult) -> list[str]:
    """Each finding as `line:column rule`, in the order to show them; warnings are marked with a `?`."""
    return [_short(found) for found in loaded.diagnostics.sorted()]


def _short(found: Diagnostic) -> str:
    mark = "?" if found.severity is Severity.WARNING else ""
    if found.subject is None:
        return f"- {found.rule}{mark}"
    return f"{found.subject.start.line}:{found.subject.start.column} {found.rule}{mark}"


def only(loaded: LoadResult) -> Diagnostic:
    """The only finding."""
    (found,) = loaded.diagnostics
    return found
