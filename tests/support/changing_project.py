"""A project in two states: what leads from one to the other creates, updates, replaces, deletes and tags."""

from __future__ import annotations

from pathlib import Path

_HEAD = """\
component: multi-scf
name: api
app: shop
inputs:
  src: {src: ./src, exclude: [change/**]}
  runtime: Python3.10
  memorySize: 128
"""
BEFORE = (
    _HEAD
    + """\
  functions:
    keep: {handler: index.main, name: keep}
    change:
      handler: index.main
      name: change
      src: {src: ./change, exclude: []}
      tags: {team: one, cost: low}
      msgTTL: 3600
      retryNum: 1
    swap: {handler: index.main, name: swap, type: event, tags: {team: one}}
    drop: {handler: index.main, name: drop}
  triggers:
    - {type: timer, function: keep, parameters: {name: nightly, cronExpression: "0 0 2 * * * *", enable: true}}
    - {type: timer, function: change, parameters: {name: hourly, cronExpression: "0 0 * * * * *", enable: true}}
    - {type: timer, function: change, parameters: {name: gone, cronExpression: "0 0 * * * * *", enable: true}}
    - {type: timer, function: swap, parameters: {name: nightly, cronExpression: "0 0 2 * * * *", enable: true}}
    - {type: timer, function: drop, parameters: {name: nightly, cronExpression: "0 0 2 * * * *", enable: true}}
"""
)
AFTER = (
    _HEAD
    + """\
  functions:
    keep: {handler: index.main, name: keep}
    change:
      handler: index.main
      name: change
      src: {src: ./change, exclude: []}
      memorySize: 256
      environments: [{key: LEVEL, value: high}]
      tags: {team: two, owner: me}
      msgTTL: 7200
      retryNum: 2
    swap: {handler: index.main, name: swap, runtime: Python3.9, tags: {team: one}}
    fresh: {handler: index.main, name: fresh, tags: {team: new}, msgTTL: 600}
  triggers:
    - {type: timer, function: keep, parameters: {name: nightly, cronExpression: "0 0 2 * * * *", enable: true}}
    - {type: timer, function: change, parameters: {name: hourly, cronExpression: "0 30 * * * * *", enable: false}}
    - {type: timer, function: swap, parameters: {name: nightly, cronExpression: "0 0 2 * * * *", enable: true}}
    - {type: timer, function: fresh, parameters: {name: weekly, cronExpression: "0 0 2 * * MON *", enable: true}}
    - {type: http, function: fresh, parameters: {netConfig: {enableExtranet: true}}}
"""
)
_CODE = "def main(event, context):\n    return {}\n"


def write_before(folder: Path) -> None:
    """The project as it first was."""
    _write(folder, BEFORE, "1")


def write_after(folder: Path) -> None:
    """The project as it is to be: another text, and other code of one function."""
    _write(folder, AFTER, "2")


_RELEASED = """\
component: scf
name: api
app: shop
inputs:
  name: hello
  src: ./src
  runtime: Python3.10
  handler: index.main
  memorySize: {memory}
  publish: true
  publishDescription: {words}
  aliasName: prod
  traffic: 0.9
  tags: {{team: {words}}}
  events:
    - timer: {{parameters: {{name: tick, cronExpression: "0 0 2 * * * *", enable: true, qualifier: prod}}}}
"""


def write_first_release(folder: Path) -> None:
    """One function that is published, with an alias and a trigger on it."""
    _write(folder, _RELEASED.format(memory=128, words="first"), "1")


def write_second_release(folder: Path) -> None:
    """The same with other settings: a new version, to which the alias moves a part of the calls."""
    _write(folder, _RELEASED.format(memory=256, words="second"), "1")


def write_pinned_release(folder: Path) -> None:
    """One function with a version that an alias leads to, whatever else is released."""
    text = _RELEASED.format(memory=128, words="first").replace("  traffic: 0.9\n", '  aliasFunctionVersion: "1"\n')
    _write(folder, text, "1")


def _write(folder: Path, text: str, answer: str) -> None:
    (folder / "src" / "change").mkdir(parents=True, exist_ok=True)
    (folder / "src" / "index.py").write_text(_CODE.format("0"))
    (folder / "src" / "change" / "index.py").write_text(_CODE.format(answer))
    (folder / "serverless.yml").write_text(text)
