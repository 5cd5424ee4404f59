"""Writes a project of several folders: a layer, and functions that take what it gives."""

from __future__ import annotations

from pathlib import Path

LAYER = """\
component: layer
name: base
app: shop
inputs:
  name: base
  src: ./src
  runtimes: [{runtimes}]
  description: {description}
"""
FUNCTION = """\
component: scf
name: {name}
app: shop
inputs:
  name: {name}
  src: ./src
  runtime: Python3.10
  handler: index.main_handler
"""
FOLLOWS = """\
  layers:
    - name: ${output:${stage}:${app}:base.name}
      version: ${output:${stage}:${app}:base.version}
"""
HANDLER = """\
import os
import sys

sys.path.insert(0, "/opt")
try:
    import shared
except ImportError:
    shared = None


def main_handler(event, context):
    return [shared and shared.ANSWER, os.environ.get("OTHER")]
"""


def write_layer(
    folder: Path, answer: int = 42, *, runtimes: str = "Python3.10", description: str = "Shared things"
) -> Path:
    """The layer `base`, whose `shared.ANSWER` is told."""
    own = folder / "base"
    (own / "src").mkdir(parents=True, exist_ok=True)
    (own / "src" / "shared.py").write_text(f"ANSWER = {answer}\n")
    (own / "serverless.yml").write_text(LAYER.format(runtimes=runtimes, description=description))
    return folder


def write_function(folder: Path, name: str = "api", inputs: str = FOLLOWS) -> Path:
    """A function that tells the answer of its layer; `inputs` are further lines."""
    own = folder / name
    (own / "src").mkdir(parents=True, exist_ok=True)
    (own / "src" / "index.py").write_text(HANDLER)
    (own / "serverless.yml").write_text(FUNCTION.format(name=name) + inputs)
    return folder
