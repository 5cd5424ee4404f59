"""Web function whose entry file is not there.

## What is wrong

The file that the generated `scf_bootstrap` of a web function would start is not in the code. Without `entryFile` it is
the usual one of the language, such as `app.py`.

## Why

The function is deployed and no instance of it starts (status 405 or 446).

## Wrong

```yaml
type: web
entryFile: server.py
```

## Right

```yaml
type: web
entryFile: index.py
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FolderSource, FunctionSpec
from scfdeploy.rules.language import runtime_of
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import text

INFO = RuleInfo("entry-file-missing", None, Severity.ERROR, "0.1.0", "Entry file not found in the code")


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find entry files that are surely missing."""
    source, runtime = function.source, runtime_of(function)
    if not function.is_web or not isinstance(source, FolderSource) or source.bootstrap is None or runtime is None:
        return
    if context.code.has(source, "scf_bootstrap"):
        return
    entry = text(function.settings, "entryFile") or runtime.default_entry
    if entry and context.code.has(source, entry.removeprefix("./")) is False:
        usual = "" if "entryFile" in function.settings else f"; without entryFile it is {entry} for {runtime.name}"
        yield INFO.found(
            function,
            "entryFile",
            detail=f"There is no {entry} in the code{usual}.",
            hint="Write the file that starts your server as entryFile, or add an scf_bootstrap.",
        )


RULE = Rule(INFO, check)
