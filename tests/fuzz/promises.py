"""What every reader of outside data promises, and the errors for when it does not hold."""

from __future__ import annotations

import atexit
import json
import re
import shutil
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from scfdeploy.diagnostics import Diagnostic, ScfDeployError
from scfdeploy.report.formats import FORMATS, formatter
from scfdeploy.report.text.style import TextStyle
from scfdeploy.results import Failed, Result

# A tab is harmless, and in a diff it has to stay.
_ACTS_ON_A_TERMINAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_OWN_COLOUR = re.compile(r"\x1b\[[0-9;]+m")
_LONGEST_OUTPUT = 4 << 20


class BrokenPromiseError(AssertionError):
    """What a target found."""


def require(holds: object, what: str) -> None:
    """Raise BrokenPromiseError unless it holds."""
    if not holds:
        raise BrokenPromiseError(what)


def require_harmless(text: str) -> None:
    """Nothing in a text that is printed acts on the terminal, and it has a bound."""
    found = _ACTS_ON_A_TERMINAL.search(text)
    require(found is None, f"{found and found.group()!r} is printed raw: {found and text[: found.end()][-80:]!r}")
    require(len(text) <= _LONGEST_OUTPUT, f"{len(text)} characters are printed")


def require_calm(result: Result) -> None:
    """Every format has a form for the result, nothing in it acts on a terminal, and programs can read theirs."""
    for name in FORMATS:
        shown = formatter(name)(result, TextStyle(color=False, width=100))
        require_harmless(shown.out + shown.err)
        match name:
            case "json" | "sarif":
                json.loads(shown.out, parse_constant=_no_number)
            case "junit":
                ElementTree.fromstring(shown.out)
    coloured = formatter("text")(result, TextStyle(color=True, width=40))
    require_harmless(_OWN_COLOUR.sub("", coloured.out + coloured.err))


def require_told(error: ScfDeployError) -> None:
    """The error is one that users can be shown."""
    require(error.message, "an error without words")
    require_calm(Failed("plan", error.message, error.hint))


def require_places(found: Iterable[Diagnostic], file: str, text: str) -> None:
    """What findings say of a file lies in the file."""
    lines = text.count("\n") + 1
    for one in found:
        for span in [one.subject, *(place for _, place in one.related), *(edit.span for edit in one.fix)]:
            if span is not None and span.file == file:
                is_inside = 1 <= span.start.line <= span.end.line <= lines + 1
                require(is_inside and span.start.column >= 1 and span.start <= span.end, f"{one.rule} at {span}")


def _no_number(word: str) -> None:
    raise BrokenPromiseError(f"{word} is no JSON")


@cache
def scratch(name: str) -> Path:
    """A folder for one target, with code in it that files can name; removed when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix=f"fuzz-{name}-")).resolve()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "src").mkdir()
    (folder / "src" / "index.py").write_text("def main_handler(event, context):\n    return event\n")
    return folder
