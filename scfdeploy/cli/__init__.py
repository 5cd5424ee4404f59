"""The command line: options in, exit codes out. It calls `pipeline`, hands the result to `report`, decides nothing."""

from __future__ import annotations

import gc
import sys

from scfdeploy import __version__

__all__ = ["main"]


def main() -> None:
    """Run the program with the arguments of the process; ends it with an exit code."""
    # Scripts ask for the version often, and the full command line takes five times as long to load.
    if sys.argv[1:] == ["--version"]:
        print(f"scfdeploy {__version__}")  # noqa: T201
        return
    # A short run makes little garbage: looking for it during the imports costs a tenth of the time.
    gc.set_threshold(100_000, 20, 20)
    from scfdeploy.cli.interrupt import watch_signals

    watch_signals()
    from scfdeploy.cli.app import app

    app(prog_name="scfdeploy")
