"""The command line: options in, exit codes out. It calls `pipeline`, hands the result to `report`, decides nothing."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from scfdeploy import __version__

__all__ = ["main"]


def main() -> None:
    """Run the program with the arguments of the process; ends it with an exit code."""
    _open_standard_streams()
    # Scripts ask for the version often, and the full command line takes five times as long to load.
    if sys.argv[1:] == ["--version"]:
        with _whole_stdout():
            print(f"scfdeploy {__version__}", flush=True)  # noqa: T201
        return
    # A short run makes little garbage: looking for it during the imports costs a tenth of the time.
    gc.set_threshold(100_000, 20, 20)
    from scfdeploy.cli.interrupt import exits_promptly, watch_signals

    watch_signals()
    with exits_promptly(), _whole_stdout():
        from scfdeploy.cli.app import app

        app(prog_name="scfdeploy")


def _open_standard_streams() -> None:
    """Lead standard streams that the caller closed nowhere, so that no file or connection takes their numbers."""
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123


@contextmanager
def _whole_stdout() -> Iterator[None]:
    """End with an error in words where stdout has no room; commands handle every other error themselves."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        from scfdeploy.cli.output import drop_stdout

        drop_stdout(error)
        raise SystemExit(1) from None
