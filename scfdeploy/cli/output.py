"""Runs one use case, shows what it gave, and ends the process with the exit code for it.

stdout carries results, stderr progress, findings and errors; with --format json there is one document on stdout.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple, NoReturn, TextIO, TypeVar

import typer

from scfdeploy.cli.exit_codes import ExitCode
from scfdeploy.cli.interrupt import signals_interrupt
from scfdeploy.cli.redaction import SECRETS, redacted
from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.results import Failed, Findings, Result

if TYPE_CHECKING:
    from scfdeploy.cli.reports import Report

R = TypeVar("R", bound=Result)
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
T = TypeVar("T")


class OutputOptions(NamedTuple):
    """How one command shows things: the format, colour and stack traces or none, copies for other programs."""

    command: str
    format: str = "text"
    no_color: bool = False
    debug: bool = False
    reports: tuple[Report, ...] = ()

    def color(self, stream: TextIO) -> bool:
        """Whether to colour what goes to `stream`: only a terminal, and only when nobody said no."""
        return not self.no_color and not os.environ.get("NO_COLOR") and stream.isatty()


def run_and_exit(
    output: OutputOptions,
    use_case: Callable[[], R],
    exit_code: Callable[[R], ExitCode],
    *,
    on_screen: Callable[[R], R] = lambda result: result,
    interrupted: str = "interrupted",
) -> NoReturn:
    """Run `use_case`, show its result, exit. `on_screen` leaves out what people have seen already."""
    result = run_or_exit(output, use_case, interrupted=interrupted)
    show(output, on_screen(result))
    _end(output, result, exit_code(result))


def run_or_exit(output: OutputOptions, use_case: Callable[[], T], *, interrupted: str = "interrupted") -> T:
    """Give what `use_case` gives. What ends it early is shown in one line, a crash likewise, and the process exits.

    `interrupted` is what is said when a signal ends it.
    """
    try:
        with signals_interrupt():
            if not output.debug:
                return use_case()
            with debug_logging():
                return use_case()
    except ScfDeployError as error:
        _end_with(output, _failure(output, error))
    except (KeyboardInterrupt, typer.Abort):  # a prompt makes the one of the other
        _end_with(output, Failed(output.command, interrupted, interrupted=True), ExitCode.INTERRUPTED)
    except (typer.Exit, typer.BadParameter):
        raise
    except OSError as error:
        _end_with(output, _no_room(output, error) if error.errno in _NO_ROOM else _crash(output, error))
    except Exception as error:  # noqa: BLE001 - the outermost edge: people get a line, --debug the trace
        _end_with(output, _crash(output, error))


@contextmanager
def debug_logging() -> Iterator[None]:
    """Write what the program logs of itself to stderr, for as long as this lasts."""
    import logging

    class _Redacting(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            return SECRETS.redact(super().format(record))

    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(_Redacting("debug: %(message)s"))
    logger = logging.getLogger("scfdeploy")
    level = logger.level
    logger.addHandler(lines)
    logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        logger.removeHandler(lines)
        logger.setLevel(level)


def show(output: OutputOptions, result: Result) -> None:
    """Lay a result out: the result itself on stdout, findings and errors on stderr."""
    from scfdeploy.report.formats import formatter
    from scfdeploy.report.text import TextStyle

    render = formatter(output.format)
    on_out, on_err = TextStyle(output.color(sys.stdout), _width()), TextStyle(output.color(sys.stderr), _width())
    shown = redacted(result, output.format, render(result, on_out))
    other = shown if on_err == on_out else redacted(result, output.format, render(result, on_err))
    print_text(other.err, sys.stderr)
    print_text(shown.out, sys.stdout)
    if output.format == "github":
        from scfdeploy.cli.github_actions import write_step_summary

        write_step_summary(result)


def print_text(text: str, stream: TextIO) -> None:
    """Write text as it is; a terminal that lacks a character gets a `?`, not a crash."""
    if not text:
        return
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(text.encode(encoding, "replace").decode(encoding))
        if not text.endswith("\n"):
            stream.write("\n")
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        if stream is sys.stdout:
            # A program must not take a part of the result for the whole.
            drop_stdout(error)
            raise typer.Exit(ExitCode.FAILED) from error


def drop_stdout(error: OSError) -> None:
    """Say on stderr that the result cannot be written, and write nothing more to stdout."""
    # Python writes what is left at its end, and would fail once more.
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    print_text(f"error: the result cannot be written: {error.strerror}", sys.stderr)


def _width() -> int:
    import shutil

    return shutil.get_terminal_size((100, 24)).columns


def _failure(output: OutputOptions, error: ScfDeployError) -> Failed:
    from scfdeploy.providers.base import CloudError

    if isinstance(error, CloudError):
        return Failed(output.command, error.message, error.hint, error.code, error.request_id, Findings(*error.found))
    return Failed(output.command, error.message, error.hint, findings=Findings(*error.found))


def _no_room(output: OutputOptions, error: OSError) -> Failed:
    where = f": {error.filename}" if error.filename else ""
    return Failed(
        output.command,
        f"a file cannot be written: {error.strerror}{where}",
        "Free some space (or raise the limit of file sizes), then run this again.",
    )


def _crash(output: OutputOptions, error: Exception) -> Failed:
    if output.debug:
        import traceback

        print_text(SECRETS.redact(traceback.format_exc()), sys.stderr)
    return Failed(
        output.command,
        f"internal error: {type(error).__name__}: {error}",
        "This is a bug in scfdeploy; run again with --debug for a stack trace.",
    )


def _end_with(output: OutputOptions, failure: Failed, code: ExitCode = ExitCode.FAILED) -> NoReturn:
    show(output, failure)
    _end(output, failure, code)


def _end(output: OutputOptions, result: Result, code: ExitCode) -> NoReturn:
    """Exit, with the copies written; what was done stands first, so a copy that cannot be written comes last."""
    try:
        for report in output.reports:
            from scfdeploy.cli.reports import write

            write(report, result)
    except ScfDeployError as error:
        print_text(f"error: {SECRETS.redact(error.message)}", sys.stderr)
        raise typer.Exit(code or ExitCode.FAILED) from error
    raise typer.Exit(code)
