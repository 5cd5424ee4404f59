"""Random mutations of a valid file give diagnostics and never a crash."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.configured import Workspace

GOOD = """\
component: scf
name: shop
app: mall
stage: ${env:STAGE}
inputs:
  name: hello-${stage}
  region: ap-shanghai
  src: {src: ./code, exclude: ['*.md']}
  type: event
  runtime: Python3.10
  handler: index.main
  memorySize: 256
  environment: &env
    variables:
      A: ${env:A}
      B: 'b'
  tags: {team: a, owner: "b"}
  layers:
    - name: one
      version: 2
  events:
    - timer:
        name: tick
        parameters:
          cronExpression: '*/5 * * * * * *'
          enable: true
    - http:
        parameters:
          netConfig: {enableExtranet: true}
"""
LINES = GOOD.splitlines()
PIECES = (
    "",
    " ",
    "  ",
    "\t",
    ":",
    ": ",
    "- ",
    "*x",
    "&y",
    "${",
    "}",
    "${env:A}",
    "[",
    "]",
    "{",
    "'",
    '"',
    "#",
    "|",
    "!t",
)


@st.composite
def broken(draw: st.DrawFn) -> str:
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(("drop", "swap", "insert", "cut", "repeat"))):
            case "drop" if len(lines) > 1:
                del lines[at]
            case "swap":
                other = draw(st.integers(0, len(lines) - 1))
                lines[at], lines[other] = lines[other], lines[at]
            case "repeat":
                lines.insert(at, lines[draw(st.integers(0, len(lines) - 1))])
            case "cut":
                lines[at] = lines[at][draw(st.integers(0, len(lines[at]))) :]
            case _:
                column = draw(st.integers(0, len(lines[at])))
                lines[at] = lines[at][:column] + draw(st.sampled_from(PIECES)) + lines[at][column:]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(Path(tmp_path_factory.mktemp("mutations")))


@given(text=broken())
@settings(max_examples=150, deadline=None)
def test_broken_file_gets_positions_inside_it(shared: Workspace, text: str) -> None:
    loaded = shared.load_text(text, environ={"STAGE": "dev", "A": "a"})
    lines = text.split("\n")
    for diagnostic in loaded.diagnostics:
        assert diagnostic.subject is not None
        assert diagnostic.subject.start.line <= len(lines)
        assert diagnostic.subject.start.column <= len(lines[diagnostic.subject.start.line - 1]) + 1
        assert diagnostic.summary
        assert diagnostic.hint
        assert "None" not in f"{diagnostic.summary}{diagnostic.detail}{diagnostic.hint}"
    if loaded.project is None:
        assert loaded.diagnostics.has_errors


def test_valid_file_has_no_finding(shared: Workspace) -> None:
    loaded = shared.load_text(GOOD, environ={"STAGE": "dev", "A": "a"})
    assert list(loaded.diagnostics) == []
