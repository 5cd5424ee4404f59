"""Imported package is missing.

## What is wrong

The file that `handler` names, or a module of the code that it imports, imports a package that will not be there: it is
not in the code, no manifest (requirements.txt, pyproject.toml, Pipfile, package.json) lists it, and the runtime does
not have it. From Python 3.7 and Node.js 14.18 on, runtimes have no packages besides the language's own library.

A package that a manifest lists is missing too where scfdeploy does not install it: with `build: false`, for Node.js
without a lock file, with `src.hook` but without `build: true`, or if other packages are installed in the folder of the
code already.

Only imports that always run are checked, not those in a function, an `if` or a `try`. Functions with layers,
`PYTHONPATH`, `NODE_PATH`, `installDependency` or `src.include` are not checked, because packages can come from there,
and neither is code that changes `sys.path`. With `src.hook`, `build`, `plan` and `apply` check the code after the hook
has run.

## Why

The deployment succeeds, but every invocation fails when the file is loaded: "No module named" or "Cannot find module".

## Wrong

`import requests` in index.py, and no requirements.txt.

## Right

`import requests` in index.py, and a requirements.txt beside it with the line `requests==2.32.3`.
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity, message
from scfdeploy.model import ArchiveSource, FolderSource, FunctionSpec
from scfdeploy.rules.handler import code_span
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import language_of, variables


@rule(
    "package-missing",
    Severity.WARNING,
    "Imported package is missing",
    detail="{path} imports {package}, {problem}.",
    hint="{advice}",
)
def package_missing(function: FunctionSpec, context: Context) -> Findings:
    source = function.source
    if source is None or language_of(function) not in ("python", "nodejs") or _has_other_sources(function):
        return
    from scfdeploy.rules.missing_packages import missing_packages

    for missing in missing_packages(function, context):
        key = "src" if function.is_web else "handler"
        written = missing.written
        place = code_span(source, written.path, context, written.line, written.column)
        yield package_missing.at(
            place or function.span_of(key),
            address=str(function.address),
            related=((message("loaded by {address}", address=function.address), function.span_of(key)),)
            if place
            else (),
            path=written.path,
            package=written.name,
            problem=missing.problem,
            advice=missing.advice,
        )


def _has_other_sources(function: FunctionSpec) -> bool:
    """Whether packages can come from somewhere else than the code and its manifest."""
    match function.source:
        case FolderSource(hook=None, target="", include=()) | ArchiveSource(hook=None):
            is_elsewhere = bool(function.settings.get("layers"))
            return is_elsewhere or any(name in ("PYTHONPATH", "NODE_PATH") for name, _ in variables(function))
    return True
