"""Record the pictures of the documentation: what commands really show in a terminal, run against the local server.

docs/pictures has them in English, docs/zh/pictures in Chinese.

Run it from the root of the repository after the output of one of these commands changed:
python scripts/generate_pictures.py

tests/functional/test_documentation_pictures.py compares their text with what the commands show now.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from scripts.record_terminal import record  # noqa: E402 - the scripts are no package of the environment

PICTURES = {"en": ROOT / "docs" / "pictures", "zh": ROOT / "docs" / "zh" / "pictures"}
"""The folder of each language."""
COLUMNS = 96
_FUNCTION = """\
component: scf
app: shop
name: orders

inputs:
  name: orders
  region: ap-guangzhou
  runtime: Python3.10
  handler: index.main_handler
  src: ./src
  memorySize: {memory}
  timeout: 10
  environment:
    variables:
      CURRENCY: {currency}
      API_KEY: ${{env:API_KEY}}
  events:
    - timer:
        parameters:
          name: nightly
          cronExpression: "0 0 2 * * * *"
          enable: true
{more}"""
_SECOND_TIMER = """\
    - timer:
        parameters:
          name: weekly
          cronExpression: "0 0 3 * * MON *"
          enable: true
"""
_CODE = """\
def main_handler(event, context):
    return {"total": 0}
"""
_OLD = """\
# Greets people
hello:
  component: "@serverless/tencent-scf"
  inputs:
    name: hello
    codeUri: ./src
    handler: index.main_handler
    runtime: Python3.10
    region: ap-guangzhou
"""


@dataclass(frozen=True)
class Picture:
    """One command with the files that it finds."""

    name: str
    command: str
    config: str
    before: tuple[str, ...] = ()
    """The file as an earlier apply deployed it."""
    example: str = ""
    """A file of examples/ that the command reads."""
    environment: dict[str, str] = field(default_factory=lambda: {"API_KEY": "k-1f2e3d4c5b6a"})


ALL = (
    Picture("validate", "scfdeploy validate", _FUNCTION.format(memory=100, currency="CNY", more="")),
    Picture(
        "plan",
        "scfdeploy plan --local",
        _FUNCTION.format(memory=256, currency="EUR", more=_SECOND_TIMER),
        before=(_FUNCTION.format(memory=128, currency="CNY", more=""),),
    ),
    Picture("migrate", "scfdeploy migrate", _OLD),
    Picture("explain", "scfdeploy explain 433", ""),
    Picture("simulate", "scfdeploy simulate bisect.yml", "", example="bisect.yml"),
)


def program_text() -> str:
    """The text of a program that is scfdeploy."""
    return f'#!/bin/sh\nexec "{sys.executable}" -m scfdeploy "$@"\n'


def draw(picture: Picture, language: str, target: Path, program: str) -> None:
    """Run the command of a picture in a folder of its own and record it. `program` is the text of scfdeploy."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "orders"
        (folder / "src").mkdir(parents=True)
        (folder / "src" / "index.py").write_text(_CODE, encoding="utf-8")
        if picture.example:
            shutil.copy(ROOT / "examples" / picture.example, folder)
        command = Path(place) / "bin" / "scfdeploy"
        command.parent.mkdir()
        command.write_text(program, encoding="utf-8")
        command.chmod(0o755)
        paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        environment = {**os.environ, **picture.environment, "PYTHONPATH": paths, "SCFDEPLOY_LANG": language}
        environment["PYTHONUTF8"] = "1"
        environment["PATH"] = f"{command.parent}{os.pathsep}{environment['PATH']}"
        for earlier in picture.before:
            (folder / "serverless.yml").write_text(earlier, encoding="utf-8")
            apply = ["scfdeploy", "apply", "--local", "--yes"]
            subprocess.run(apply, cwd=folder, env=environment, check=True, capture_output=True)
        if picture.config:
            (folder / "serverless.yml").write_text(picture.config, encoding="utf-8")
        record(picture.command.split(), COLUMNS, target, folder=folder, environment=environment)


def main() -> None:
    """Draw all pictures."""
    for language, folder in PICTURES.items():
        folder.mkdir(exist_ok=True)
        for picture in ALL:
            draw(picture, language, folder / picture.name, program_text())
        print(f"{len(ALL)} pictures in {folder.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
