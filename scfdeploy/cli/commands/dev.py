"""`scfdeploy dev`."""

from __future__ import annotations

import os
import sys
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING, Annotated

from scfdeploy.cli import collect_often
from scfdeploy.cli.arguments import cloud_options, make_request, start_dev_server
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.exits import ExitCode
from scfdeploy.cli.groups import DisplayOptions, HookOptions, ProjectOptions, RuleOptions
from scfdeploy.cli.interrupt import first_signal_interrupts, write_to_stderr
from scfdeploy.cli.output import OutputOptions, print_rendered, print_text, run_and_exit, run_or_exit
from scfdeploy.cli.redaction import SECRETS
from scfdeploy.diagnostics import message
from scfdeploy.operations.request import CloudOptions, LocalServer, Request
from scfdeploy.records import replace

if TYPE_CHECKING:
    import typer

    from scfdeploy.cli import options
    from scfdeploy.model import Project
    from scfdeploy.operations.dev.session import Input
    from scfdeploy.providers.clock import Clock
    from scfdeploy.results.dev import DevEvent

app = CommandApp()
_LONGEST_LINE = 4096


@app.command()
def dev(
    path: options.PathArgument = ".",
    *,
    clock: Clock | None = None,
    port: Annotated[
        int | None,
        typer.Option(
            "--port",
            metavar="P",
            min=0,
            max=65535,
            help="Port; 0 chooses a free one. Default: 9080, or a free one if that is in use.",
        ),
    ] = None,
    inspect: Annotated[
        bool,
        typer.Option("--inspect", help="Let a debugger attach to Python and Node.js functions, and print how."),
    ] = False,
    invoke: Annotated[
        str | None,
        typer.Option("--invoke", metavar="TEMPLATE", help="Call each changed function with this test event."),
    ] = None,
    project: ProjectOptions,
    skip_unsupported: options.SkipUnsupported = False,
    hooks: HookOptions,
    rules: RuleOptions,
    output: options.DevOutput = "text",
    display: DisplayOptions,
) -> None:
    """Run the project on a local server, deploy what changes on every save, and show every request.

    Runs until Ctrl-C. Type `h` and Enter to see what can be typed, such as `t NAME` to fire a timer.
    """
    request = make_request(
        path,
        **project._asdict(),
        skip_unsupported=skip_unsupported,
        **rules._asdict(),
        **hooks.as_arguments(),
    )
    screen = OutputOptions("dev", output, *display)
    _require_project(screen, request)
    cloud = cloud_options(clock=clock)

    def serve() -> None:
        collect_often()
        with first_signal_interrupts():
            try:
                _serve(screen, request, cloud, port=port, inspect=inspect, template=invoke)
            except KeyboardInterrupt:
                write_to_stderr("\n" + message("stopped") + "\n")

    run_or_exit(screen, serve)


def _require_project(screen: OutputOptions, request: Request) -> None:
    """Exit with the findings if there is no file that could be corrected."""
    from scfdeploy.config.discover import discover
    from scfdeploy.diagnostics import Diagnostics
    from scfdeploy.results import Findings, Validated

    found = Diagnostics()
    if not discover(request.path, request.load.cwd, found).files:
        run_and_exit(screen, lambda: Validated(Findings(found.sorted()), ok=False), lambda _: ExitCode.INVALID)


def _serve(
    screen: OutputOptions,
    request: Request,
    cloud: CloudOptions,
    *,
    port: int | None,
    inspect: bool,
    template: str | None,
) -> None:
    from scfdeploy.emulator import Debugging
    from scfdeploy.operations.dev.debug_ports import DebugPorts, find_debugpy
    from scfdeploy.operations.dev.file_watcher import FileWatcher
    from scfdeploy.operations.dev.session import DevSession, FilesChanged, queued_inputs, request_ended
    from scfdeploy.providers.retry import RetryPolicy

    queue: SimpleQueue[Input | None] = SimpleQueue()
    printer = _Printer(screen)
    ports = DebugPorts(find_debugpy() if inspect else "")
    debugging = Debugging(ports.port_of, ports.debugpy)
    server, emulator = start_dev_server(port, debugging, lambda run: printer.show(request_ended(run)))
    printer.show_server(server)

    def announce_debuggers(project: Project) -> None:
        if inspect:
            for event in ports.assign(project, emulator.debug_folder):
                printer.show(event)

    watcher = FileWatcher(lambda paths: queue.put(FilesChanged(paths)), printer.show_watch_error)
    # The local server is ready at once; waiting before the first poll would take half of the time.
    local = replace(cloud, local=lambda _folder: server, local_name="dev", retry=RetryPolicy(first_poll_s=0))
    threading.Thread(target=_read_lines, args=(queue,), daemon=True).start()
    session = DevSession(request, local, printer.show, watcher.watch, template, announce_debuggers)
    try:
        session.run(queued_inputs(queue))
    finally:
        printer.close()
        watcher.close()


class _Printer:
    """Writes events of several threads, one after the other."""

    def __init__(self, screen: OutputOptions) -> None:
        self._screen = screen
        self._lock = threading.Lock()
        self._is_closed = False

    def close(self) -> None:
        """Write nothing any more: requests that the end breaks off are no news."""
        self._is_closed = True

    def show(self, event: DevEvent) -> None:
        """Write an event, without secrets."""
        if self._screen.format == "jsonl":
            self._print_json(event)
            return
        from scfdeploy.report.dev_lines import render_dev_event
        from scfdeploy.report.text import RenderedOutput, TextStyle

        def render(style: TextStyle) -> RenderedOutput:
            return RenderedOutput(*map(SECRETS.redact, render_dev_event(event, style._replace(redact=SECRETS.redact))))

        with self._lock:
            if not self._is_closed:
                print_rendered(self._screen, render)

    def _print_json(self, event: DevEvent) -> None:
        from scfdeploy.report.json_lines import dev_event_document, json_line

        document = SECRETS.redact_document(dev_event_document(event))
        with self._lock:
            if document and not self._is_closed:
                print_text(json_line(document), sys.stdout)

    def show_watch_error(self, error: Exception) -> None:
        """Say that changes are not noticed any more."""
        from scfdeploy.results.dev import Failure

        text = message("stopped watching the folders of the project: {reason}", reason=error)
        self.show(Failure(text, message("Type r and Enter to deploy again and to watch them.")))

    def show_server(self, server: LocalServer) -> None:
        """Write what other SDKs and commands need. The key is worth nothing after this run."""
        if self._screen.format == "jsonl":
            from scfdeploy.report.json_lines import json_line

            keys = {"secretId": server.secret_id, "secretKey": server.secret_key.reveal()}
            with self._lock:
                print_text(json_line({"kind": "server", "url": server.url, **keys}), sys.stdout)
            return
        lines = [
            message("Local server at {url}. For other SDKs and commands, during this run:", url=server.url),
            f"  export SCFDEPLOY_ENDPOINT={server.url}",
            f"  export TENCENTCLOUD_SECRET_ID={server.secret_id}",
            f"  export TENCENTCLOUD_SECRET_KEY={server.secret_key.reveal()}",
        ]
        with self._lock:
            print_text("\n".join(lines), sys.stdout)


def _read_lines(queue: SimpleQueue[Input | None]) -> None:
    """Put the lines of standard input into the queue until it ends. Its end does not end the command."""
    from scfdeploy.operations.dev.session import LineTyped

    try:
        stdin = sys.stdin.fileno()
        if sys.stdin.isatty() and os.tcgetpgrp(stdin) != os.getpgrp():
            return  # in the background of a shell, reading from the terminal would stop the process
        rest = b""
        while chunk := os.read(stdin, _LONGEST_LINE):
            *lines, rest = (rest + chunk)[-_LONGEST_LINE:].split(b"\n")
            for line in lines:
                queue.put(LineTyped(line.decode("utf-8", "replace")))
    except (OSError, ValueError, AttributeError):
        return  # there is no standard input
