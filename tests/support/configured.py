"""A folder with a serverless.yml, and the result of loading it in a form that reads well in assertions."""

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
    """A folder with `code/index.py`, and further files that tests write."""

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
        """Load a valid file with these additional inputs, which begin in line 7."""
        return self.load_text(HEAD + textwrap.indent(textwrap.dedent(inputs), "  "), **options)


def function_of(loaded: LoadResult) -> FunctionSpec:
    """The only function."""
    assert loaded.project is not None, findings(loaded)
    (function,) = loaded.project.functions
    return function


def findings(loaded: LoadResult) -> list[str]:
    """Each diagnostic as `line:column rule` in file order, with a `?` after warnings."""
    return [_short(diagnostic) for diagnostic in loaded.diagnostics.sorted()]


def _short(diagnostic: Diagnostic) -> str:
    mark = "?" if diagnostic.severity is Severity.WARNING else ""
    if diagnostic.subject is None:
        return f"- {diagnostic.rule}{mark}"
    return f"{diagnostic.subject.start.line}:{diagnostic.subject.start.column} {diagnostic.rule}{mark}"


def only(loaded: LoadResult) -> Diagnostic:
    """The only diagnostic."""
    (diagnostic,) = loaded.diagnostics
    return diagnostic
