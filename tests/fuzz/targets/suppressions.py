"""Comments that silence findings, in any text: they hide what they name and nothing that could not be read."""

from __future__ import annotations

from collections.abc import Iterable

from scfdeploy.config import LoadOptions
from scfdeploy.config.suppressions import Suppression, read_suppressions
from scfdeploy.diagnostics import Diagnostic, Severity, Span
from scfdeploy.operations.check import load_and_check
from scfdeploy.operations.request import Request
from scfdeploy.results import Validated
from tests.fuzz.promises import require, require_calm, require_places, scratch

WORDS = (
    *(b"# scfdeploy: ignore ", b"#scfdeploy:ignore", b" -- ", b", ", b"memory-step", b"runtime-old", b"unknown-key"),
    *(
        b"\n",
        b"  ",
        b"'",
        b'"',
        b"|\n",
        b": ",
        b"- ",
        b"suppression-unused",
        b"timeout-range",
        b"\xe2\x80\xa8",
        b"\x0b",
    ),
)
_MARK, _NO_MARK = "scfdeploy:", "scfdeploy."


def target(data: bytes) -> None:
    """Check the text with its comments, and with the same comments saying nothing."""
    text = data.decode("utf-8", "replace").replace("\r", "\n")
    comments = read_suppressions(text, "serverless.yml")
    for comment in comments:
        require(text.split("\n")[comment.span.start.line - 1][comment.span.start.column - 1] == "#", "no comment")
        require(comment.line >= comment.span.start.line, "it silences what is above it")
    quiet = _about_the_file(_findings(text))
    loud = _about_the_file(_findings(_without(comments, text)))
    require(quiet <= loud, f"a comment made findings: {quiet - loud}")
    hidden = {rule for rule, _, _ in loud - quiet}
    require(hidden <= {name for one in comments for name, _ in one.names}, f"hidden: {hidden}")


def _findings(text: str) -> list[Diagnostic]:
    folder = scratch("suppressions")
    (folder / "serverless.yml").write_text(text, encoding="utf-8", newline="")
    checked = load_and_check(Request(str(folder), LoadOptions(cwd=str(folder))))
    require_calm(Validated(checked.findings, not checked.failed))
    require_places(checked.findings.diagnostics, "serverless.yml", text)
    return list(checked.findings.diagnostics)


def _about_the_file(found: Iterable[Diagnostic]) -> set[tuple[str, Severity, Span | None]]:
    """What tells findings apart, without those about the comments themselves."""
    return {(one.rule, one.severity, one.subject) for one in found if not one.rule.startswith("suppression-")}


def _without(comments: Iterable[Suppression], text: str) -> str:
    """The text with these comments saying nothing, each as long as it was."""
    lines = text.split("\n")
    for comment in comments:
        line, at = comment.span.start.line - 1, comment.span.start.column - 1
        lines[line] = lines[line][:at] + lines[line][at:].replace(_MARK, _NO_MARK)
    return "\n".join(lines)
