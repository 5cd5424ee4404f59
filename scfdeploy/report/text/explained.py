"""Explanations of codes, statuses, settings, variables and findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scfdeploy.diagnostics import message
from scfdeploy.diagnostics.messages import join_sentences
from scfdeploy.diagnostics.page import Page
from scfdeploy.report.humanize import enumeration, severity_word
from scfdeploy.report.terminal import clip, pad, safe, width
from scfdeploy.report.text.style import TextStyle
from scfdeploy.results.explained import Explained, Explanation

_FENCE = "```"
_LANGUAGES = {"python": "Python", "nodejs": "Node.js", "php": "PHP", "java": "Java", "go": "Go"}


def render_explained(result: Explained, style: TextStyle) -> str:
    """Each entry in full, then one line for each longer name; a list has one line for each entry."""
    if result.listed:
        return "\n".join(_list(result.entries, style)) + "\n"
    blocks = ["\n".join(_entry(entry, style)) for entry in result.entries]
    if result.longer:
        head = (
            message("Longer names:")
            if result.entries
            else message('Names that begin with "{prefix}":', prefix=safe(result.query))
        )
        blocks.append("\n".join([style.paint(head, "bold"), *_list(result.longer, style)]))
    return "\n\n".join(blocks) + "\n"


def _entry(entry: Explanation, style: TextStyle) -> Iterator[str]:
    match entry.kind:
        case "status-code":
            for line in _status(entry, style):
                yield from style.lines(line, hanging="  ")
        case "setting" | "variable":
            for line in _name_in_project(entry, style):
                yield from style.lines(line, hanging="  ")
        case _:
            yield from _code_or_finding(entry, style)


def _status(entry: Explanation, style: TextStyle) -> Iterator[str]:
    title = message("{kind}, stated in the guide", kind=_retry_class(entry.retry_class))
    yield style.labelled(message("{title}:", title=_name(entry)), title, "bold")
    meaning = _sentence(entry.meaning)
    yield message("{meaning} Recycles the instance.", meaning=meaning) if entry.recycles_instance else meaning
    if entry.at_acceptance:
        yield message("At acceptance: {handling}", handling=entry.at_acceptance)
    if entry.while_queued:
        yield message("While queued: {handling}", handling=entry.while_queued)
    label = message("Retry: ")
    yield label + (message("{text};", text=entry.retry) if entry.retried else _sentence(entry.retry))
    if entry.retried:
        yield message("{indent}then {then}.", indent=" " * width(label), then=entry.then)
    yield from entry.remarks
    yield message("Fix: {fix}", fix=_sentence(entry.fix[0].upper() + entry.fix[1:]))


def _sentence(text: str) -> str:
    return message("{text}.", text=text.rstrip(".。"))


def _retry_class(retry_class: str) -> str:
    match retry_class:
        case "execution":
            return message("execution error")
        case "system":
            return message("system error")
        case "rejected":
            return message("invocation error")
        case other:
            return other


def _name_in_project(entry: Explanation, style: TextStyle) -> Iterator[str]:
    """A setting or a built-in variable."""
    kind = message("built-in variable") if entry.kind == "variable" else message("setting of a function")
    text = message("{kind}, {origin}", kind=kind, origin=entry.origin) if entry.origin else kind
    yield style.labelled(message("{title}:", title=entry.name), text, "bold")
    yield _sentence(entry.meaning)
    if entry.value:
        yield message("Value: {value}", value=entry.value)
    yield from entry.remarks
    if entry.reads:
        yield message("Read it with:")
        languages = {_LANGUAGES[language]: form for language, form in entry.reads.items()}
        columns = max(map(width, languages))
        yield from (f"  {pad(language, columns)}  {form}" for language, form in languages.items())


def _code_or_finding(entry: Explanation, style: TextStyle) -> Iterator[str]:
    kind = message("error code of the API") if entry.kind == "error-code" else message("finding")
    yield message("{name} ({kind})", name=style.paint(entry.name, "bold"), kind=kind)
    yield from style.lines(_sentence(entry.meaning), "  ")
    if entry.page is not None:
        yield from _page(entry.page, style)
        return
    for label, text in (
        (message("what to do"), entry.fix),
        (message("retries"), entry.retry),
        (message("parameter"), entry.field),
        (message("found by validate"), ", ".join(entry.found_by)),
        (message("note"), join_sentences(*entry.remarks)),
    ):
        if text:
            yield from style.lines(style.labelled(message("{title}:", title=label), text, "cyan"), "  ", hanging="  ")


def _page(page: Page, style: TextStyle) -> Iterator[str]:
    yield f"  {style.paint(enumeration((severity_word(page.severity), *page.codes)), 'dim')}"
    for heading, text in page.parts.items():
        yield ""
        yield f"  {style.paint(heading, 'cyan')}"
        indent = "      " if _FENCE in text else "    "
        for line in _paragraphs(text) if style.is_wrapped else text.split("\n"):
            if not line.startswith(_FENCE):
                yield from (
                    part.rstrip() for part in ([indent + line] if _FENCE in text else style.lines(line, indent))
                )


def _paragraphs(text: str) -> list[str]:
    """The lines of a page, with those of a paragraph joined; examples, lists and tables keep theirs."""
    lines: list[str] = []
    for line in text.split("\n"):
        if _FENCE not in text and lines and lines[-1] and line and line[0] not in "-|" and lines[-1][0] not in "|":
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line)
    return lines


def _list(entries: Sequence[Explanation], style: TextStyle) -> Iterator[str]:
    names = [_name(entry) for entry in entries]
    columns = max(map(width, names))
    for name, entry in zip(names, entries, strict=True):
        yield f"  {pad(name, columns)}  {clip(entry.meaning, max(20, style.width - columns - 4))}"


def _name(entry: Explanation) -> str:
    return f"{entry.number} {entry.name}" if entry.number is not None else entry.name
