"""The interface to GitHub: workflow commands in the log, and files for outputs and the job summary."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_KEYS = ("SECRET_ID", "SECRET_KEY", "TOKEN")
_SHORTEST_SECRET = 4  # masking a shorter one would hide half of the log


def mask_keys(environ: Mapping[str, str]) -> None:
    """Mask the keys in the log. GitHub masks only its own secrets by default."""
    for family in ("TENCENTCLOUD", "TENCENT"):
        for key in _KEYS:
            for line in environ.get(f"{family}_{key}", "").splitlines():
                if len(line) >= _SHORTEST_SECRET:
                    _say(f"::add-mask::{_escape(line)}")


@contextmanager
def without_commands() -> Iterator[None]:
    """Stop GitHub from processing workflow commands (`::name::`) in lines printed meanwhile."""
    delimiter = secrets.token_hex(16)
    _say(f"::stop-commands::{delimiter}")
    try:
        yield
    finally:
        _say(f"::{delimiter}::")


def error(title: str, text: str) -> None:
    """Show an error in the log and on the page of the run."""
    _say(f"::error title={_escape(title)}::{_escape(text)}")


def warning(title: str, text: str) -> None:
    """Show a warning in the log and on the page of the run."""
    _say(f"::warning title={_escape(title)}::{_escape(text)}")


def output(environ: Mapping[str, str], name: str, value: str) -> None:
    """Set one output of the step."""
    # GitHub reads up to the delimiter, so the delimiter is random.
    delimiter = secrets.token_hex(16)
    _append(environ, "GITHUB_OUTPUT", f"{name}<<{delimiter}\n{value}\n{delimiter}\n")


def summary(environ: Mapping[str, str], markdown: str) -> None:
    """Append to the job summary."""
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
