"""The targets: one module each in `targets/`, found by listing; its seeds lie in `seeds/<name>/`.

A module has `target(data)`, which raises only when a promise is broken. It may have WORDS, pieces of its language that
chance would hardly find, and LONGEST, the length in bytes of the longest input that is tried.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
_LONGEST = 4096


@dataclass(frozen=True)
class Target:
    """One reader of what comes from outside, and what it is tried with."""

    name: str
    run: Callable[[bytes], None]
    words: Sequence[bytes]
    longest: int


def names() -> list[str]:
    """What can be fuzzed."""
    return sorted(file.stem for file in (HERE / "targets").glob("*.py"))


def load(name: str) -> Target:
    """Import one target."""
    module = importlib.import_module(f"tests.fuzz.targets.{name}")
    return Target(name, module.target, getattr(module, "WORDS", ()), getattr(module, "LONGEST", _LONGEST))


def seed_folder(name: str) -> Path:
    """Where inputs lie that are tried in every run: written by hand, or a crash of the past (`crash-WHAT`)."""
    return HERE / "seeds" / name


def seeds_of(name: str) -> dict[str, bytes]:
    """Their contents by name."""
    return {file.name: file.read_bytes() for file in sorted(seed_folder(name).iterdir())}
