"""Projects in two states whose changes take a detour: code through the storage, layers, what is kept for functions."""

from __future__ import annotations

import random
from pathlib import Path

from tests.support.instances import write_function, write_layer

# Beyond what one request carries, and so in two parts; what is left of the second is of no even size.
_LARGE_BYTES = (7 << 20) + (200 << 10) + 7
_CODE = "def main(event, context):\n    return {}\n"

_LARGE = """\
component: multi-scf
name: api
app: shop
inputs:
  src: {{src: ./src, exclude: [large/**]}}
  runtime: Python3.10
  functions:
    change: {{handler: index.main, name: change, {src}}}
{more}"""
_FROM_LARGE = "src: {src: ./large, exclude: []}"
_FRESH = f"    fresh: {{handler: index.main, name: fresh, {_FROM_LARGE}}}\n"


def write_small_code(folder: Path) -> None:
    """One function whose code fits into a request."""
    _write(folder, _LARGE.format(src="memorySize: 128", more=""))


def write_large_code(folder: Path) -> None:
    """Its code no longer does, and another function is made of the same."""
    _write(folder, _LARGE.format(src=_FROM_LARGE, more=_FRESH))
    large = folder / "src" / "large"
    large.mkdir(exist_ok=True)
    (large / "index.py").write_text(_CODE)
    (large / "data.bin").write_bytes(random.Random(7).randbytes(_LARGE_BYTES))


_USES = """\
  layers:
    - name: ${output:${stage}:${app}:base.name}
      version: ${output:${stage}:${app}:base.version}
"""


def write_first_layer(folder: Path) -> None:
    """A layer, and a function that uses it."""
    write_function(write_layer(folder, 42), "api", _USES)


def write_second_layer(folder: Path) -> None:
    """The layer has other content, and a second function uses it too."""
    write_function(write_function(write_layer(folder, 43), "api", _USES), "web", _USES)


_KEPT = """\
component: multi-scf
name: api
app: shop
inputs:
  src: ./src
  runtime: Python3.10
  functions:
    ready:
      handler: index.main
      name: ready
      memorySize: {memory}
      publish: true
      provisionedNum: {number}
      reservedConcurrencyMem: {reserved}
{more}"""
_ELSEWHERE = """\
    fresh:
      handler: index.main
      name: fresh
      namespace: later
      publish: true
      provisionedNum: 1
      reservedConcurrencyMem: 512
"""


def write_kept_ready(folder: Path) -> None:
    """A function with a version whose instances are kept ready, and memory that is its own."""
    _write(folder, _KEPT.format(memory=128, number=1, reserved=1024, more=""))


def write_more_kept_ready(folder: Path) -> None:
    """A new version with more of both, and a function like it in a namespace that is not there yet."""
    _write(folder, _KEPT.format(memory=256, number=2, reserved=2048, more=_ELSEWHERE))


def _write(folder: Path, text: str) -> None:
    (folder / "src").mkdir(parents=True, exist_ok=True)
    (folder / "src" / "index.py").write_text(_CODE)
    (folder / "serverless.yml").write_text(text)
