"""The outputs of the action, read from the report of a command."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

Json = dict[str, object]


class Outputs(NamedTuple):
    """The outputs. `changes` is empty for commands without changes."""

    changes: str
    summary: str
    urls: tuple[str, ...]


def outputs(command: str, document: Json, markdown: str) -> Outputs:
    """The outputs of a run: counts and URLs from the document, the summary from the heading of the report."""
    heading = markdown.partition("\n")[0].removeprefix("### scfdeploy: ")
    return Outputs(_changes(command, document.get("summary")), heading, tuple(_urls(document)))


def validated(document: Json) -> str:
    """The Markdown report of `validate`, which has no Markdown format."""
    found = document.get("diagnostics")
    severities = [one.get("severity") for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    counts = [(severities.count(name), name) for name in ("error", "warning")]
    words = [f"{number} {name}{'' if number == 1 else 's'}" for number, name in counts if number]
    return f"### scfdeploy: {', '.join(words) or 'no findings'}\n"


def _changes(command: str, summary: object) -> str:
    if not isinstance(summary, dict):
        return ""
    match command:
        case "plan":
            return str(sum(summary.get(word, 0) for word in ("create", "update", "replace", "delete")))
        case "apply" | "destroy":
            return str(summary.get("succeeded", 0))
        case _:
            return ""


def _urls(value: object) -> Iterator[str]:
    """Every `url` and `urls` in outputs and functions, at any depth."""
    match value:
        case {"url": str(url)}:
            yield url
        case {"urls": [*urls]}:
            yield from (url for url in urls if isinstance(url, str))
        case {"outputs": inner} | {"functions": inner}:
            yield from _urls(inner)
        case dict():
            for one in value.values():
                yield from _urls(one) if isinstance(one, dict) else ()
        case list():
            for one in value:
                yield from _urls(one)
