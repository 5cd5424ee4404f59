"""Writes small projects to a folder."""

from __future__ import annotations

from pathlib import Path

HANDLER = """\
def main_handler(event, context):
    print("called with", event)
    return {"hello": event.get("name", "world")}
"""


def write_project(
    folder: Path, inputs: str = "", *, name: str = "hello", app: str = "shop", code: str = HANDLER
) -> Path:
    """Write one Python event function; `inputs` are further lines under `inputs:`, indented by two blanks."""
    (folder / "src").mkdir(parents=True, exist_ok=True)
    (folder / "src" / "index.py").write_text(code, encoding="utf-8")
    (folder / "serverless.yml").write_text(
        f"""\
component: scf
name: {name}
app: {app}
inputs:
  name: {name}
  src: ./src
  runtime: Python3.10
  handler: index.main_handler
{inputs}""",
        encoding="utf-8",
    )
    return folder


TIMER = """\
  events:
    - timer:
        parameters:
          name: nightly
          cronExpression: "0 0 2 * * * *"
          enable: true
"""
