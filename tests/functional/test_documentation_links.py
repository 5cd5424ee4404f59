"""Links of the documentation lead to files and headings that exist, and commands in it to options that exist."""

from __future__ import annotations

import re
import shlex
from itertools import chain
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import typer.main

from scfdeploy.cli.app import app
from tests.support.markdown import LINK, anchors, without_blocks
from tests.support.scripts import ROOT

PAGES = sorted(
    [*(ROOT / "docs").rglob("*.md"), *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"))]
)
_CODE = re.compile(r"(`+)[^`].*?\1", re.DOTALL)
_COMMAND_BLOCK = re.compile(r"^ *```(?:sh|console|bash)[^\n]*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(scfdeploy [a-z][^`]*)`")
_COMMAND = re.compile(r"^ *(?:\$ )?(scfdeploy [^\n]*)", re.MULTILINE)


def broken(page: Path) -> list[str]:
    text = _CODE.sub("", without_blocks(page.read_text(encoding="utf-8")))
    found = []
    for link in LINK.findall(text):
        parts = urlsplit(link)
        if parts.scheme:
            continue
        target = page.parent / unquote(parts.path) if parts.path else page
        is_known = target.exists() and target.resolve().is_relative_to(ROOT)
        if not is_known or (
            parts.fragment and unquote(parts.fragment) not in anchors(target.read_text(encoding="utf-8"))
        ):
            found.append(link)
    return found


def test_links_lead_to_files_and_headings_that_exist() -> None:
    found = {str(page.relative_to(ROOT)): links for page in PAGES if (links := broken(page))}

    assert len(PAGES) > 300
    assert found == {}


def test_broken_link_and_broken_anchor_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text("# A `b`: c\n\n[1](#a-b-c) [2](#b) [3](page.md#a-b-c) [4](no.md) `[5](no)`\n\n```\n[6](no)\n```\n")

    assert broken(page) == ["#b", "no.md"]


def unknown_options(line: str) -> list[str]:
    """What no such command has, of a command line."""
    words = shlex.split(re.split(r" [|>] ", line, maxsplit=1)[0], comments=True)[1:]
    command = typer.main.get_command(app)
    context = command.make_context("scfdeploy", [], resilient_parsing=True)
    while words and hasattr(command, "get_command") and re.match(r"[a-z]", words[0]):
        found = command.get_command(context, words[0])
        if found is None:
            return [words[0]]
        command, words = found, words[1:]
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    known |= {"-h", "--help"}
    given = [word.split("=", 1)[0] for word in words if word.startswith("--")]
    return [f"{option} in {line}" for option in given if option not in known]


def command_lines(page: Path) -> list[str]:
    text = page.read_text(encoding="utf-8")
    in_blocks = [_COMMAND.findall(block.replace("\\\n", " ")) for block in _COMMAND_BLOCK.findall(text)]
    # In text, brackets and bars say what can be omitted or chosen.
    in_text = [re.sub(r"[\[\]\\|'\"]", " ", one) for one in _INLINE.findall(without_blocks(text))]
    return [*chain.from_iterable(in_blocks), *in_text]


def test_commands_of_all_pages_exist_with_their_options() -> None:
    lines = sorted({line for page in PAGES for line in command_lines(page)})
    found = [problem for line in lines for problem in unknown_options(line)]

    assert len(lines) > 100
    assert found == []


@pytest.mark.parametrize(
    ("line", "problems"),
    [
        ("scfdeploy plan --local", 0),
        ("scfdeploy alias set prod --to 6 --weight 7=0.1  # at once", 0),
        ("scfdeploy plan --locally", 1),
        ("scfdeploy deploy", 1),
    ],
)
def test_unknown_commands_and_options_are_found(line: str, problems: int) -> None:
    assert len(unknown_options(line)) == problems
