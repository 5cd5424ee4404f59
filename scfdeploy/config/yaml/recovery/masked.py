"""Find values that were masked before the file was published, such as `SecretKey: *******`."""

from __future__ import annotations

import re

from scfdeploy.config.yaml.recovery.mistake import Mistake, ParseFailure, indent_of, quote_range
from scfdeploy.diagnostics import Diagnostic, Finding, Severity
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model.environment_name import environment_name

VALUE_MASKED = Finding(
    "value-masked",
    Severity.ERROR,
    "Value is masked",
    detail='The value of "{key}" was hidden before this file was published.',
    hint="Write your own value, or ${env:{variable}} and set that variable.",
    title="A value that is masked.",
    what="Asterisks, or a word such as `masked`, are in the place of a secret, as in a file that was published.",
    why="The value is not in the file, and in this form YAML cannot read it. A secret belongs into the environment or "
    "into .env.",
    wrong=yaml("environment:\n  variables:\n    SECRET_KEY: *******"),
    right=yaml("environment:\n  variables:\n    SECRET_KEY: ${env:SECRET_KEY}"),
)

_KEY = r"(?P<head>\s*(?:- +)*['\"]?(?P<key>[^\s:#'\"]+)['\"]?\s*:)"
_STARS = re.compile(_KEY + r"\s+(?P<value>\*{3,}[\w*-]*)\s*(?:#.*)?$")
_BLANK_KEY = re.compile(_KEY + r"(?P<rest>\s*(?:#.*)?)$")
_WORDS = ("masked", "redacted")
_MASK = re.compile(r"\s*(?P<value>masked|hidden|redacted|\*{3,}|[xX]{4,})(?P<rest>\s*(?:#.*)?)$")


def is_mask(text: str, key: str) -> bool:
    """Whether a text that YAML can read stands for a value that was hidden."""
    from scfdeploy.model import looks_secret

    return re.fullmatch(r"\*{3,}|[xX]{4,}", text) is not None or (text in _WORDS and looks_secret(key))


def find_masked(failure: ParseFailure) -> Mistake | None:
    """A masked value behind its key, or alone on the line below it."""
    for line in dict.fromkeys((failure.context_line, failure.line, failure.line_before(failure.line))):
        text = failure.text(line)
        match = _STARS.match(text)
        if match is not None:
            start, end = match.span("value")
            diagnostic, variable = _finding(match["key"])
            repaired, inserted = quote_range(failure, line, start, end)
            return Mistake(
                diagnostic,
                line,
                start,
                end - start,
                repaired,
                inserted,
                replacement=(line, start, line, end, variable),
                is_fix=bool(variable),
            )
        mask, key = _MASK.match(text), _BLANK_KEY.match(failure.text(line - 1))
        if mask is not None and key is not None and indent_of(text) == indent_of(failure.text(line - 1)):
            diagnostic, variable = _finding(key["key"])
            comments = [part for part in (key["rest"].strip(), mask["rest"].strip()) if part]
            written = " ".join([f" {variable}", *comments])
            start, end = mask.span("value")
            return Mistake(
                diagnostic,
                line,
                start,
                end - start,
                {line: ""},
                replacement=(line - 1, key.end("head"), line, len(text), written),
                is_fix=bool(variable),
            )
    return None


def _finding(key: str) -> tuple[Diagnostic, str]:
    """The diagnostic, and the variable that replaces the value; empty if the key makes no name for one."""
    name = environment_name(key)
    diagnostic = VALUE_MASKED.at(None, key=key, variable=name or "NAME")
    return diagnostic, f"${{env:{name}}}" if name else ""
