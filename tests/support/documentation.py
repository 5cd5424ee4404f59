"""Follows a page of docs/ word by word: writes its files, makes its changes, runs its commands, compares the output.

What a page may contain:

- a block `sh`: one command per line;
- a block `console`: lines `$ COMMAND`, each followed by what it prints. `…` stands for any text in its line, and alone
  for any number of lines. All of stdout has to be there; of stderr what is shown has to be there;
- a block with `title="FILE"`: the file; a block `diff` with a title: lines to replace in that file;
- any other block is only shown.

Comments that a reader does not see say what the block after them needs:

- `<!-- test: exit 3 -->`: the exit code of the last command;
- `<!-- test: input i hello, q -->`: lines that are typed;
- `<!-- test: skip REASON -->`: the block is not run;
- `<!-- test: cloud -->` at the beginning of a page: commands reach a local server in place of the cloud;
- `<!-- test: function NAME KEY=VALUE … -->`: a function that exists there, with these environment variables;
- `<!-- test: project NAME -->`: the page is about this project of `examples/`, and its commands run in it;
- `<!-- test: do COMMAND -->`: a command that the reader has run before; its result does not matter;
- `<!-- test: wheel NAME VERSION -->`: a package that is found in place of those of pypi.org;
- `<!-- test: id 3fd0 -->`: stands for the first request id that a command prints.
"""

from __future__ import annotations

import base64
import io
import os
import re
import shlex
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.command import scfdeploy
from tests.support.fake_clock import FakeClock
from tests.support.preloaded_command import start_command
from tests.support.scripts import ROOT
from tests.support.sdk import Sdk
from tests.support.terminal import run_on_terminal
from tests.support.wheels import write_wheel

_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>[\w-]*)(?: (?P<options>.*))?$")
_DIRECTIVE = re.compile(r"^<!-- test: (?P<text>.*) -->$")
_TITLE = re.compile(r'title="([^"]+)"')
_SHELL_SYNTAX = re.compile(r"[|&;<>$`]")
_REQUEST_ID = re.compile(r"request id ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
ANY = "…"


@dataclass
class Block:
    """One fenced block."""

    line: int
    language: str
    title: str
    text: str
    exit_code: int = 0
    typed: str = ""
    skipped: str = ""
    is_hidden: bool = False


@dataclass
class Page:
    """The blocks of a page in order, and what exists before."""

    blocks: list[Block] = field(default_factory=list)
    uses_cloud: bool = False
    functions: dict[str, dict[str, str]] = field(default_factory=dict)
    """The environment of each function that exists before."""
    wheels: list[tuple[str, ...]] = field(default_factory=list)
    project: str = ""
    id: str = ""


def read_page(text: str) -> Page:
    """The page without its prose."""
    page, lines = Page(), iter(enumerate(text.splitlines(), 1))
    options: dict[str, str] = {}
    for number, line in lines:
        if directive := _DIRECTIVE.match(line):
            word, _, rest = directive["text"].partition(" ")
            if word == "cloud":
                page.uses_cloud = True
            elif word in ("project", "id"):
                setattr(page, word, rest)
            elif word == "wheel":
                page.wheels.append(tuple(rest.split()))
            elif word == "do":
                page.blocks.append(Block(number, "sh", "", f"{rest}\n", is_hidden=True))
            elif word == "function":
                name, *variables = rest.split()
                page.functions[name] = dict(variable.split("=", 1) for variable in variables)
            else:
                options[word] = rest
        elif fence := _FENCE.match(line):
            indent = len(fence["indent"])
            inside = [one[indent:] for one in _until(lines, fence["indent"] + "```")]
            title = _TITLE.search(fence["options"] or "")
            page.blocks.append(
                Block(
                    number,
                    fence["language"],
                    title[1] if title else "",
                    "".join(f"{one}\n" for one in inside),
                    exit_code=int(options.pop("exit", 0)),
                    typed="".join(f"{one.strip()}\n" for one in options.pop("input", "").split(",") if one),
                    skipped=options.pop("skip", ""),
                )
            )
            assert not options, f"line {number}: unknown directives {set(options)}"
    assert not options, f"no block follows the directives {set(options)}"
    return page


def _until(lines: Iterator[tuple[int, str]], end: str) -> list[str]:
    found = []
    for _, line in lines:
        if line == end:
            return found
        found.append(line)
    raise AssertionError(f"no {end} ends the block")


class Reader:
    """Someone who does what a page says, in an empty folder.

    Commands of scfdeploy run in this process, unless `program` names the one that is installed.
    """

    def __init__(
        self,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        environment: Mapping[str, str],
        program: Path | None = None,
    ) -> None:
        self._in_process = program is None
        self._folder = folder
        self._monkeypatch = monkeypatch
        self._environment = dict(environment)
        bin_folder = folder.parent / "bin"
        bin_folder.mkdir()
        start = f'"{program}"' if program else start_command()
        (bin_folder / "scfdeploy").write_text(f'#!/bin/sh\nexec {start} "$@"\n')
        (bin_folder / "scfdeploy").chmod(0o755)
        self._path = f"{bin_folder}{os.pathsep}{os.environ['PATH']}"
        self._id = self._request = ""
        self._wheels = folder.parent / "wheels"
        # Packages come from there only, whatever this machine is set to.
        for name, value in (
            ("PIP_CONFIG_FILE", os.devnull),
            ("PIP_NO_INDEX", "1"),
            ("PIP_FIND_LINKS", str(self._wheels)),
        ):
            monkeypatch.setenv(name, value)
        for name, value in (("UV_NO_CONFIG", "1"), ("UV_NO_INDEX", "1"), ("UV_FIND_LINKS", str(self._wheels))):
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("NO_COLOR", "1")
        monkeypatch.setenv("SCFDEPLOY_LANG", "en")
        monkeypatch.setenv("PATH", self._path)
        monkeypatch.chdir(folder)

    def follow(self, page: Page) -> list[str]:
        """Do everything; returns the commands that were run."""
        self._id = page.id
        for name, version in page.wheels:
            write_wheel(self._wheels, name, version, files={f"{name}.py": f"__version__ = {version!r}\n"})
        if page.project:
            shutil.copytree(ROOT / "examples" / page.project, self._folder, dirs_exist_ok=True)
        for name, variables in page.functions.items():
            _create_function(self._environment["SCFDEPLOY_ENDPOINT"], name, variables)
        return [command for block in page.blocks if not block.skipped for command in self._do(block)]

    def _do(self, block: Block) -> list[str]:
        """Do what one block says; returns the commands that a reader saw."""
        if block.title and block.language == "diff":
            self._change(block)
        elif block.title:
            file = self._folder / block.title
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, encoding="utf-8")
        steps = _steps(block)
        for command, expected in steps:
            self._run(block, command, expected, is_last=command == steps[-1][0])
        return [] if block.is_hidden else [command for command, _ in steps]

    def _change(self, block: Block) -> None:
        file = self._folder / block.title
        lines = block.text.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[0] in " -")
        after = "".join(line[1:] for line in lines if line[0] in " +")
        text = file.read_text(encoding="utf-8")
        assert text.count(before) == 1, f"line {block.line}: {block.title} has not once:\n{before}\nbut:\n{text}"
        file.write_text(text.replace(before, after), encoding="utf-8")

    def _run(self, block: Block, command: str, expected: list[str] | None, *, is_last: bool) -> None:
        if self._request:
            command = command.replace(self._id, self._request[:4])
            expected = [line.replace(self._id, self._request[:4]) for line in expected or []]
        words = shlex.split(command, comments=True)
        if not words:
            return
        if words[0] == "cd":
            self._folder = (self._folder / words[1]).resolve()
            self._monkeypatch.chdir(self._folder)
            return
        if words[0] == "export":
            name, _, value = words[1].partition("=")
            self._environment[name] = value
            return
        code, stdout, stderr = self._execute(command, words, block.typed if is_last else "")
        said = f"line {block.line}: $ {command}\nexit code {code}\n{stdout}\n{stderr}"
        if self._id and not self._request and (found := _REQUEST_ID.search(stdout)):
            self._request = found[1]
            expected = [line.replace(self._id, self._request[:4]) for line in expected or []]
        assert block.is_hidden or code == (block.exit_code if is_last else 0), said
        if expected is not None:
            missing = mismatch(expected, stdout, stderr)
            assert not missing, f"{said}\nnot as shown: {missing}"

    def _execute(self, command: str, words: list[str], typed: str) -> tuple[int, str, str]:
        if (
            self._in_process
            and words[0] == "scfdeploy"
            and not typed
            and not _SHELL_SYNTAX.search(re.sub(r"'[^']*'", "", command))
        ):
            ran = scfdeploy(*words[1:], env=self._environment, clock=FakeClock() if "--interval" in words else None)
            return ran.exit_code, ran.stdout, ran.stderr
        environment = {**os.environ, **self._environment}
        shell = ["bash", "-euo", "pipefail", "-c", command]
        if typed:
            return *run_on_terminal(shell, self._folder, environment, typed), ""
        done = subprocess.run(
            shell, cwd=self._folder, env=environment, input="", capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout, done.stderr


def _create_function(endpoint: str, name: str, variables: Mapping[str, str]) -> None:
    """A function that somebody made in the console: without tags."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.py", "def main_handler(event, context):\n    return {'rows': 3}\n")
    Sdk(endpoint.removeprefix("http://")).call(
        "CreateFunction",
        FunctionName=name,
        Runtime="Python3.10",
        Handler="index.main_handler",
        MemorySize=256,
        Timeout=20,
        Code={"ZipFile": base64.b64encode(code.getvalue()).decode()},
        Environment={"Variables": [{"Key": key, "Value": value} for key, value in variables.items()]},
    )


def _commands(text: str) -> list[str]:
    joined = text.replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def _steps(block: Block) -> list[tuple[str, list[str] | None]]:
    """The commands of a block, each with the output that it shows."""
    if block.title:
        return []
    if block.language == "sh":
        return [(command, None) for command in _commands(block.text)]
    return [*_transcript(block.text)] if block.language == "console" else []


def _transcript(text: str) -> list[tuple[str, list[str]]]:
    """Each command with the lines below it."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            assert found, f"no command before {line!r}"
            found[-1][1].append(line)
    return found


def mismatch(expected: list[str], stdout: str, stderr: str) -> str:
    """Empty if the output is as shown; otherwise the lines of stdout that were expected."""
    printed, noted = stdout.rstrip("\n").split("\n"), stderr.split("\n")
    if not any(expected):
        expected = [ANY]  # a command without output shows none of it
    kept = []
    for line in expected:
        pattern = re.compile(_pattern(line))
        in_stderr = line.strip(f" {ANY}") and any(map(pattern.fullmatch, noted))
        if not in_stderr or any(map(pattern.fullmatch, printed)):
            kept.append(line)
    whole = "".join(r"(?:.*\n)*?" if line == ANY else _pattern(line) + r"\n" for line in _trimmed(kept))
    return "" if re.fullmatch(whole, "".join(f"{line}\n" for line in _trimmed(printed))) else "\n".join(kept)


def _pattern(line: str) -> str:
    return "[^\n]*?".join(re.escape(part) for part in line.rstrip().split(ANY)) + " *"


def _trimmed(lines: list[str]) -> list[str]:
    """Without empty lines at both ends, which a page leaves out."""
    start, end = 0, len(lines)
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    return lines[start:end]
