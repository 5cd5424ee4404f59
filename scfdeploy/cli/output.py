"""Runs an operation, writes its result and its reports, and exits with its exit code.

Results go to stdout; progress, findings and errors go to stderr. With --format json, stdout is one document.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, TextIO, TypeVar

from scfdeploy.cli.exits import Exit, ExitCode, UsageError
from scfdeploy.cli.interrupt import signals_interrupt
from scfdeploy.cli.redaction import SECRETS, redacted, redactor
from scfdeploy.diagnostics import OptionConflictError, ScfDeployError, message
from scfdeploy.diagnostics.messages import active_language, translation
from scfdeploy.records import NamedTuple
from scfdeploy.results import Failed, Findings, Result

if TYPE_CHECKING:
    from scfdeploy.report.text import RenderedOutput, TextStyle

R = TypeVar("R", bound=Result)
T = TypeVar("T")

_REPORT_WIDTH = 100
_DEFAULT_WIDTH = 100
_MIN_SUMMARY = 10_000


class Report(NamedTuple):
    """A file that gets a copy of the result, from --report FORMAT=FILE."""

    format: str
    path: str


class OutputOptions(NamedTuple):
    """How a command writes its result."""

    command: str
    format: str = "text"
    no_color: bool = False
    debug: bool = False
    reports: tuple[Report, ...] = ()
    no_group: bool = False
    """Show similar findings and changes one by one."""

    summary: bool = False
    """Show counts, and what must not be overlooked."""

    def style(self, stream: TextIO) -> TextStyle:
        """How text to `stream` is laid out. Lines are broken where people read them: on a terminal of known width."""
        from scfdeploy.report.text.style import Detail, TextStyle

        detail = Detail.FULL if self.no_group else Detail.SUMMARY if self.summary else Detail.GROUPED
        is_wrapped = stream.isatty() or bool(os.environ.get("COLUMNS"))
        return TextStyle(self.color(stream), _terminal_width(), detail, is_wrapped)

    def color(self, stream: TextIO) -> bool:
        """Whether to colour the output to `stream`: only on a terminal, and unless disabled."""
        return not self.no_color and not os.environ.get("NO_COLOR") and stream.isatty()


def parse_reports(texts: Sequence[str] | None, html: str | None = None) -> tuple[Report, ...]:
    """The reports of --report and --html.

    A usage error for an unknown format or a missing folder, before anything runs.
    """
    reports = tuple(_parse_report(text) for text in texts or ())
    if html is None:
        return reports
    require_folder(f"--html {html}", html)
    return (*reports, Report("html", html))


def run_and_exit(
    output: OutputOptions,
    use_case: Callable[[], R],
    exit_code: Callable[[R], ExitCode],
    *,
    on_screen: Callable[[R], R] = lambda result: result,
    interrupted: str = "",
) -> NoReturn:
    """Run `use_case`, show its result, and exit. `on_screen` removes parts of the result that were shown before."""
    result = run_or_exit(output, use_case, interrupted=interrupted)
    show(output, on_screen(result))
    write_reports_and_exit(output, result, exit_code(result))


class _Judged(Protocol):
    @property
    def ok(self) -> bool: ...


def done_if_ok(result: _Judged) -> ExitCode:
    """The exit code of commands whose result is either done or failed."""
    return ExitCode.DONE if result.ok else ExitCode.FAILED


def run_or_exit(output: OutputOptions, use_case: Callable[[], T], *, interrupted: str = "") -> T:
    """Return the result of `use_case`. An error or a crash is shown as an error message, and the process exits.

    `interrupted` is the message after a signal.
    """
    try:
        with signals_interrupt():
            if not output.debug:
                return use_case()
            with debug_logging():
                return use_case()
    except ScfDeployError as error:
        _fail(output, _failure(output, error))
    except OptionConflictError as error:
        raise UsageError(str(error)) from error
    except KeyboardInterrupt:
        text = interrupted or message("interrupted")
        _fail(output, Failed(output.command, text, interrupted=True), ExitCode.INTERRUPTED)
    except (Exit, UsageError):
        raise
    except OSError as error:
        from scfdeploy.workspace.atomic_write import disk_full

        full = disk_full(error)
        _fail(output, _crash(output, error) if full is None else _failure(output, full))
    except Exception as error:  # noqa: BLE001 - the outermost edge: users get a message, --debug a stack trace
        _fail(output, _crash(output, error))


@contextmanager
def debug_logging() -> Iterator[None]:
    """Write debug messages to stderr, without secrets."""
    import logging

    class _Redacting(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            return SECRETS.redact(super().format(record))

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacting("debug: %(message)s"))
    logger = logging.getLogger("scfdeploy")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def write_reports_and_exit(output: OutputOptions, result: Result, code: ExitCode) -> NoReturn:
    """Write the reports and exit. An error of a report comes last, after the result itself."""
    for report in output.reports:
        try:
            _write_report(report, result)
        except OSError as error:
            text = message(
                "error: the report cannot be written to {file}: {reason}", file=report.path, reason=error.strerror
            )
            print_text(SECRETS.redact(text), sys.stderr)
            raise Exit(code or ExitCode.FAILED) from error
    raise Exit(code)


def show(output: OutputOptions, result: Result) -> None:
    """Write a result to stdout, and its findings and errors to stderr."""
    print_rendered(output, lambda style: _render(result, output.format, style))
    if output.format == "github":
        _write_step_summary(result)


def print_rendered(output: OutputOptions, render: Callable[[TextStyle], RenderedOutput]) -> None:
    """Write what `render` returns for the style of stdout and of stderr."""
    on_stdout, on_stderr = (output.style(stream) for stream in (sys.stdout, sys.stderr))
    rendered = render(on_stdout)
    for_stderr = rendered if on_stderr == on_stdout else render(on_stderr)
    print_text(for_stderr.err, sys.stderr)
    if for_stderr.err and rendered.out and sys.stdout.isatty() and sys.stderr.isatty():
        print_text("\n", sys.stderr)
    print_text(rendered.out, sys.stdout)


def print_document(command: str, keys: dict[str, Any]) -> None:
    """Write the JSON document of a command that has succeeded and whose keys have no secrets."""
    from scfdeploy.report.document import dumps, plain_document

    print_text(dumps(plain_document(command, keys)), sys.stdout)


def print_notice(text: str) -> None:
    """Write text that is no result to stderr, and end the line."""
    print_text(text, sys.stderr)


def print_text(text: str, stream: TextIO) -> None:
    """Write text and end the line. Characters that the stream cannot encode are replaced by `?`."""
    if not text:
        return
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(text.encode(encoding, "replace").decode(encoding))
        if not text.endswith("\n"):
            stream.write("\n")
        stream.flush()
    except BrokenPipeError as error:
        if stream is sys.stdout:
            # The reader has enough, such as `head`. Nothing is left to say, and a traceback would be noise.
            _discard(sys.stdout)
            raise Exit(ExitCode.FAILED) from error
        raise
    except OSError as error:
        if stream is sys.stdout:
            # Exit with an error, so that programs do not take an incomplete result for a complete one.
            drop_stdout(error)
            raise Exit(ExitCode.FAILED) from error


def discard_output() -> None:
    """Discard further output: nobody reads it any more."""
    _discard(sys.stdout)
    _discard(sys.stderr)


def _discard(stream: TextIO) -> None:
    """Discard further output to a stream. At exit, Python flushes the rest of it, which would fail again."""
    with suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)


def drop_stdout(error: OSError) -> None:
    """Report on stderr that the result cannot be written, and discard further output to stdout."""
    _discard(sys.stdout)
    print_text(message("error: the result cannot be written: {reason}", reason=error.strerror), sys.stderr)


def _parse_report(text: str) -> Report:
    from scfdeploy.report.formats import report_formats

    name, _, path = text.partition("=")
    if not path or name not in report_formats():
        formats = ", ".join(report_formats())
        raise UsageError(
            message("--report takes FORMAT=FILE with one of {formats}, not {text}", formats=formats, text=repr(text))
        )
    require_folder(f"--report {text}", path)
    return Report(name, path)


def require_folder(option: str, path: str) -> None:
    """Raise a usage error of `option` if the folder of the file `path` does not exist."""
    folder = os.path.dirname(path) or "."  # noqa: PTH120
    if not os.path.isdir(folder):  # noqa: PTH112
        raise UsageError(message("{option}: there is no folder {folder}", option=option, folder=folder))


def _render(result: Result, form: str, style: TextStyle) -> RenderedOutput:
    from scfdeploy.report.formats import formatter, is_for_programs

    if active_language() != "en" and is_for_programs(form):
        with translation(None):
            return _render(result, form, style)
    redact = redactor(result)
    style = style._replace(redact=redact)
    if form == "html":
        from scfdeploy.report.html import render_html

        # Escaped and cut texts would hide secrets from `redacted`.
        return render_html(result, style, redact)
    return redacted(result, form, formatter(form)(result, style))


def _terminal_width() -> int:
    import shutil

    return shutil.get_terminal_size((_DEFAULT_WIDTH, 24)).columns


def _failure(output: OutputOptions, error: ScfDeployError) -> Failed:
    from scfdeploy.providers.base import CloudError

    failed = Failed(output.command, error.message, error.hint, findings=Findings(*error.findings))
    if isinstance(error, CloudError):
        return failed._replace(code=error.code, request_id=error.request_id)
    return failed


def _crash(output: OutputOptions, error: Exception) -> Failed:
    if output.debug:
        import traceback

        print_text(SECRETS.redact(traceback.format_exc()), sys.stderr)
    return Failed(
        output.command,
        message("internal error: {type}: {error}", type=type(error).__name__, error=error),
        message("This is a bug in scfdeploy; run again with --debug for a stack trace."),
    )


def _fail(output: OutputOptions, failure: Failed, code: ExitCode = ExitCode.FAILED) -> NoReturn:
    show(output, failure)
    write_reports_and_exit(output, failure, code)


def _write_report(report: Report, result: Result) -> None:
    from scfdeploy.report.text import TextStyle
    from scfdeploy.workspace.atomic_write import write_file

    # A file has only one stream: findings are above the result, as on a terminal.
    rendered = _render(result, report.format, TextStyle(color=False, width=_REPORT_WIDTH))
    text = "\n".join(text for text in (rendered.err, rendered.out) if text)
    write_file(report.path, text.encode("utf-8", "backslashreplace"))


def _write_step_summary(result: Result) -> None:
    """Add a result to the summary of a job in GitHub Actions."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    from scfdeploy.report.markdown import SUMMARY_BYTES, document_within
    from scfdeploy.report.terminal import safe
    from scfdeploy.workspace.atomic_write import append_to_file

    try:
        # Earlier commands of the step may have written to the same file.
        used = os.path.getsize(path) if os.path.exists(path) else 0  # noqa: PTH110, PTH202
        room = max(_MIN_SUMMARY, SUMMARY_BYTES - used - _MIN_SUMMARY)
        text = redacted(result, "markdown", document_within(result, room)).out
        append_to_file(path, f"{text}\n".encode("utf-8", "backslashreplace"))
    except OSError as error:
        # Only a warning: the command itself has succeeded.
        print_text(
            message(
                "warning: the summary of the job cannot be written: {file}: {reason}",
                file=safe(path),
                reason=error.strerror,
            ),
            sys.stderr,
        )
