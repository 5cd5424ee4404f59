"""How a step talks to GitHub: words in its log, and files for outputs and the job's summary."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_KEYS = ("SECRET_ID", "SECRET_KEY", "TOKEN")
_SHORTEST_SECRET = 4  # a shorter one would cover half of the log


def mask_keys(environ: Mapping[str, str]) -> None:
    """Have GitHub print stars for the keys, wherever they came from: only its own secrets it knows by itself."""
    for family in ("TENCENTCLOUD", "TENCENT"):
        for key in _KEYS:
            for line in environ.get(f"{family}_{key}", "").splitlines():
                if len(line) >= _SHORTEST_SECRET:
                    _say(f"::add-mask::{_escape(line)}")


@contextmanager
def unheeded() -> Iterator[None]:
    """GitHub obeys `::word::` in any line of the log; not in what is printed within this."""
    word = secrets.token_hex(16)
    _say(f"::stop-commands::{word}")
    try:
        yield
    finally:
        _say(f"::{word}::")


def error(title: str, text: str) -> None:
    """Show an error in the log and on the run's page."""
    _say(f"::error title={_escape(title)}::{_escape(text)}")


def warning(title: str, text: str) -> None:
    """Show a warning likewise."""
    _say(f"::warning title={_escape(title)}::{_escape(text)}")


def output(environ: Mapping[str, str], name: str, value: str) -> None:
    """Set one output of the step."""
    # A word that the value cannot contain ends it: GitHub reads up to that line.
    word = secrets.token_hex(16)
    _append(environ, "GITHUB_OUTPUT", f"{name}<<{word}\n{value}\n{word}\n")


def summary(environ: Mapping[str, str], markdown: str) -> None:
    """Add to the job's summary."""
    _append(environ, "GITHUB_STEP_SUMMARY", f"{markdown}\n")


def _append(environ: Mapping[str, str], name: str, text: str) -> None:
    if path := environ.get(name):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
