"""Find comments and texts that continue on the next line, as in text copied from a PDF or a web page."""

from __future__ import annotations

import re

from scfdeploy.config.yaml.recovery.mistake import Mistake, ParseFailure, indent_of, value_end
from scfdeploy.diagnostics import Finding, Severity
from scfdeploy.diagnostics.page import yaml

YAML_WRAPPED_COMMENT = Finding(
    "yaml-wrapped-comment",
    Severity.ERROR,
    "Comment continues without a number sign",
    detail='"{text}" continues the comment of line {line}, but a comment ends with its line.',
    hint="Move it to the end of line {line}, or begin it with a number sign. "
    "`scfdeploy validate --fix` does it for you.",
    title="A comment that continues on the next line.",
    what="A line without a colon follows a line that ends in a comment. This happens when text is copied from a PDF or "
    "a web page that wraps long lines.",
    why="A comment ends with its line, so YAML reads the rest as a key.",
    wrong=yaml("type: event # Function type: event or web (HTTP\nfunction)"),
    right=yaml("type: event # Function type: event or web (HTTP function)"),
)
YAML_WRAPPED_TEXT = Finding(
    "yaml-wrapped-text",
    Severity.ERROR,
    "Text continues without indentation",
    detail='"{text}" continues the text of line {line}, but starts in the column of a key.',
    hint="Move it to the end of line {line}, or indent it. `scfdeploy validate --fix` does it for you.",
    title="A text that continues on the next line without indentation.",
    what="A line without a colon follows a text of several words. This happens when text is copied from a PDF or a web "
    "page that wraps long lines.",
    why="YAML reads a line in the column of the keys as a key.",
    wrong=yaml("description: Resizes the images that\nusers upload."),
    right=yaml("description: Resizes the images that users upload."),
)

_KEY = re.compile(r"[:：](?!//)")
_TEXT = re.compile(r"\s*(?:- +)*[^\s:#]+:\s+(?P<text>[^\s'\"\[{&*!|>%@`].*)$")
_KEY_LINE = re.compile(r"\s*(?:- +)*[^\s:#'\"]+\s*:(\s|$)")
_FEWEST_WORDS = 3
_NO_SPACE_BETWEEN = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]{2}")


def find_wrapped_line(failure: ParseFailure) -> Mistake | None:
    """Lines that continue the comment, or the text, of the line above."""
    if "flow" in failure.context or "quoted" in failure.context or "block scalar" in failure.context:
        return None
    for line in dict.fromkeys((failure.context_line, failure.line, failure.line_before(failure.line))):
        first = line
        while first > 0 and _may_continue(failure, first) and _may_continue(failure, first - 1):
            first -= 1
        above = failure.text(first - 1)
        if first <= 0 or not above.strip() or not _may_continue(failure, first) or is_key_of_block(failure, first):
            continue
        has_comment = _has_comment(above)
        if has_comment and _is_at_most_as_deep(failure, first):
            return _wrapped(failure, first, YAML_WRAPPED_COMMENT, text="")
        text = _TEXT.match(above)
        if not has_comment and text is not None and indent_of(failure.text(first)) <= indent_of(above):
            words = text["text"].split()
            if len(words) >= _FEWEST_WORDS or not text["text"].isascii():
                return _wrapped(failure, first, YAML_WRAPPED_TEXT, text=above.rstrip())
    return None


def _may_continue(failure: ParseFailure, line: int) -> bool:
    """Whether a line is neither empty, a comment, a list item nor possibly a key."""
    text = failure.text(line)
    return (
        bool(text.strip()) and text.lstrip()[0] not in "#-?'\"" and _KEY.search(text) is None and not _is_marker(text)
    )


def is_key_of_block(failure: ParseFailure, line: int) -> bool:
    """Whether a line is one word above an indented key: then it is the key of that block, and lacks a colon."""
    text = failure.text(line)
    below = _next_content(failure, line)
    words = text[: value_end(text, 0)].replace("- ", "").split()
    return len(words) == 1 and indent_of(below) > indent_of(text) and _KEY_LINE.match(below) is not None


def _next_content(failure: ParseFailure, line: int) -> str:
    """The next line that is neither blank nor a comment; empty if there is none."""
    rest = range(line + 1, len(failure.lines))
    return next((failure.text(number) for number in rest if failure.has_content(number)), "")


def _has_comment(text: str) -> bool:
    """Whether a line ends in a comment, and not in a text with a number sign."""
    if text.lstrip().startswith("#"):
        return True
    before = text[: value_end(text, 0)]
    return len(before) < len(text.rstrip()) and before.count('"') % 2 == 0 and not re.search(r":\s+'[^']*$", before)


def _is_marker(text: str) -> bool:
    return text.startswith(("---", "...", "<<<<<<<", "=======", ">>>>>>>", "\t"))


def _is_at_most_as_deep(failure: ParseFailure, line: int) -> bool:
    """Whether the line is not the value of the key above it, whose line ends in a comment."""
    above = failure.text(line - 1)
    has_value = above.lstrip().startswith("#") or not above[: value_end(above, 0)].rstrip().endswith(":")
    return has_value or indent_of(failure.text(line)) <= indent_of(above)


def _wrapped(failure: ParseFailure, first: int, finding: Finding, *, text: str) -> Mistake:
    """The mistake, with all lines from `first` that continue the one above; `text` is the text above to continue."""
    last = first
    while (
        not text
        and _may_continue(failure, last + 1)
        and indent_of(failure.text(last + 1)) <= indent_of(failure.text(first))
    ):
        last += 1
    lines = range(first, last + 1)
    content = failure.text(first).strip()
    diagnostic = finding.at(None, text=content if len(content) <= 40 else f"{content[:39]}…", line=first)
    repaired = dict.fromkeys(lines, "")
    if text:
        repaired[first - 1] = text + separator(text, content) + content
    column = indent_of(failure.text(first))
    return Mistake(
        diagnostic, first, column, max(len(content), 1), repaired, joined=tuple(lines), is_fix=True
    )  # fmt: skip


def separator(before: str, after: str) -> str:
    """What joins two parts of a wrapped text: nothing between Chinese characters, a space otherwise."""
    return "" if _NO_SPACE_BETWEEN.fullmatch(before.rstrip()[-1:] + after.lstrip()[:1]) else " "
