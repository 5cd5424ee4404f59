"""The command line: parses options, runs operations, writes their results, and exits. Makes no decisions."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from scfdeploy import __version__

__all__ = ["collect_often", "main", "run_program"]


def run_program() -> None:
    """Run the program as the only task of this process: what the console script calls.

    Ends the process without the interpreter's teardown, which takes a fifth of the time of a short command.
    """
    try:
        main()
    except SystemExit as ending:
        if isinstance(ending.code, int):
            _end_without_teardown(ending.code)
        raise
    _end_without_teardown(0)


def _end_without_teardown(code: int) -> None:
    """End the process after its exit functions, and with all output written.

    Returns if something else has to be waited for or told: a thread, a debugger, a profiler, or an error of a stream.
    """
    threading = sys.modules.get("threading")
    others = [thread for thread in threading.enumerate() if thread is not threading.main_thread()] if threading else []
    tools = getattr(sys, "monitoring", None)  # since Python 3.12
    is_observed = sys.gettrace() or sys.getprofile() or (tools and any(map(tools.get_tool, range(6))))
    if is_observed or sys.flags.inspect or not all(thread.daemon for thread in others):
        return
    atexit._run_exitfuncs()
    with suppress(OSError, ValueError):
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def main() -> None:
    """Run the program with the arguments of the process, and exit."""
    _open_standard_streams()
    # Scripts often ask for the version, and loading the full command line takes five times as long.
    if sys.argv[1:] == ["--version"]:
        with _checked_stdout():
            print(f"scfdeploy {__version__}", flush=True)  # noqa: T201
        return
    _refuse_windows()
    if getattr(sys, "frozen", False):
        _use_python_of_machine()
    # Runs for each press of Tab in a shell, in less time than loading the full command line takes.
    if sys.argv[1:2] == ["__complete"]:
        gc.disable()
        from scfdeploy.cli.completion import reply

        reply(sys.argv[2:])
        return
    # A short run makes little garbage. Looking for it would cost a tenth of the time during imports, and a twentieth
    # while a large project is read.
    gc.set_threshold(1_000_000, 20, 20)
    from scfdeploy.cli.interrupt import exits_promptly, watch_signals

    watch_signals()
    with exits_promptly(), _checked_stdout():
        from scfdeploy.cli.plain_run import run_if_plain

        error = run_if_plain(sys.argv[1:])
        from scfdeploy.cli.app import app

        app(prog_name="scfdeploy", obj=error)


def collect_often() -> None:
    """Collect garbage more often than `main` chose for a short run. For commands that run until they are stopped."""
    gc.set_threshold(100_000)


def _refuse_windows() -> None:
    """Exit on Windows, where nobody tests scfdeploy: two runs would not notice each other, and file modes get lost."""
    if sys.platform == "win32":
        from scfdeploy.diagnostics import message

        print(  # noqa: T201
            message("error: scfdeploy runs on Linux and macOS, not on Windows itself."),
            message("  hint: Use the Windows Subsystem for Linux: run wsl --install, then install scfdeploy there."),
            sep="\n",
            file=sys.stderr,
        )
        raise SystemExit(1)


def _use_python_of_machine() -> None:
    """Let a frozen program, such as one of PyInstaller, start functions with Python instead of with itself."""
    import shutil

    name = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    # Without it, what needs Python says that this name is not found.
    sys.executable = sys._base_executable = shutil.which(name) or name  # type: ignore[attr-defined]


def _open_standard_streams() -> None:
    """Open closed standard streams on the null device, so that no file or connection gets their descriptors."""
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123


@contextmanager
def _checked_stdout() -> Iterator[None]:
    """Exit if stdout cannot be written, with an error message unless its reader has ended.

    Commands handle all other errors.
    """
    try:
        yield
    except BrokenPipeError:
        from scfdeploy.cli.output import discard_output

        discard_output()
        raise SystemExit(1) from None
    except OSError as error:
        from scfdeploy.cli.output import drop_stdout

        drop_stdout(error)
        raise SystemExit(1) from None
