"""Invalid runtime.

## What is wrong

`runtime` is not a runtime name: case or punctuation differs from the platform's name, or there is no such runtime.

## Why

The platform compares the name exactly and rejects the function. The runtime cannot be changed after creation.

## Wrong

```yaml
runtime: python3.10
```

## Right

```yaml
runtime: Python3.10
```
"""

from __future__ import annotations

import re

from scfdeploy.diagnostics import Severity, Span, nearest, reworded
from scfdeploy.facts import runtimes
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import AnyRule, Context, Findings, rule
from scfdeploy.rules.values import text

_NOT_LETTERS_OR_DIGITS = r"[^a-z0-9]"
_OTHER_NAMES = {"golang": "Go1", "golang1": "Go1", "go": "Go1", "custom": "CustomRuntime"}


@rule(
    "runtime-spelling",
    Severity.ERROR,
    "Invalid runtime",
    code="InvalidParameterValue.Runtime",
    detail='"{runtime}" is not a runtime; the current ones are {current}.',
    looks_at=("settings.runtime",),
)
def runtime_spelling(function: FunctionSpec, context: Context) -> Findings:
    runtime = text(function.settings, "runtime")
    if runtime is not None:
        yield from spelling_findings(runtime_spelling, runtime, function.span_of("runtime"), str(function.address))


def spelling_findings(rule: AnyRule, runtime: str, span: Span, address: str) -> Findings:
    """Report an invalid runtime name. Well-formed names pass: they can be newer than the table."""
    if runtime in runtimes():
        return
    meant = same_letters(runtime)
    if meant is None and is_well_formed(runtime):
        return
    fix = reworded(span, runtime, meant) if meant else ()
    meant = meant or nearest(runtime, runtimes())
    current = sorted(known.name for known in runtimes().values() if known.state == "current")
    yield rule.at(
        span,
        address=address,
        fix=fix,
        hint='Use "{meant}".' if meant else "Use one of these names.",
        runtime=runtime,
        current=", ".join(current),
        meant=meant,
    )


def same_letters(runtime: str) -> str | None:
    """The known runtime that differs in case and punctuation only, or is the only one of a version of Node.js."""
    letters = _letters(runtime)
    if letters in _OTHER_NAMES:
        return _OTHER_NAMES[letters]
    same = next((known for known in runtimes() if _letters(known) == letters), None)
    return _only_minor(letters) if same is None else same


def _only_minor(letters: str) -> str | None:
    """The runtime for a major version of Node.js, such as `nodejs16` or `node16.x`: the platform has one of each."""
    match = re.fullmatch(r"node(?:js)?(\d+)x*", letters)
    known = [name for name in runtimes() if match is not None and name.startswith(f"Nodejs{match[1]}.")]
    return known[0] if len(known) == 1 else None


def is_well_formed(runtime: str) -> bool:
    """Whether a name has the format of a runtime name; it can be newer than the table.

    The names for Node.js and Python have two parts, such as `Python3.10`.
    """
    return (
        re.fullmatch(r"(?:Nodejs|Python)\d+\.\d+|(?!Nodejs|Python)[A-Z][a-z]+\d+(\.\d+)?|Custom[A-Z][A-Za-z]+", runtime)
        is not None
    )


def _letters(runtime: str) -> str:
    return re.sub(_NOT_LETTERS_OR_DIGITS, "", runtime.lower())
