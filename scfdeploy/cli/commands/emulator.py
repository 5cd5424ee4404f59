"""`scfdeploy emulator`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from scfdeploy.cli import collect_often
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.exits import UsageError
from scfdeploy.cli.interrupt import signals_interrupt
from scfdeploy.cli.output import OutputOptions, print_document, print_notice, print_text, run_or_exit
from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.operations.request import LOCAL_PORT

if TYPE_CHECKING:
    import typer

    from scfdeploy.cli import options

app = CommandApp()


@app.command()
def emulator(
    port: Annotated[
        int, typer.Option("--port", metavar="P", min=0, max=65535, help="Port; 0 chooses a free one.")
    ] = LOCAL_PORT,
    data: Annotated[
        Path | None, typer.Option("--data", metavar="FILE", help="Store data in this file instead of in memory.")
    ] = None,
    credential: Annotated[
        list[str] | None,
        typer.Option("--credential", metavar="ID:KEY", help="Accept this key pair instead of AKIDlocal:local-secret."),
    ] = None,
    activation: Annotated[
        float, typer.Option("--activation", metavar="S", min=0, help="Duration of creates and updates in seconds.")
    ] = 0.2,
    isolation: Annotated[
        str,
        typer.Option(
            "--isolation",
            metavar="auto|namespace|copy",
            help="How functions get read-only code and a private /tmp; auto uses the first that works.",
        ),
    ] = "auto",
    latency: Annotated[
        float, typer.Option("--latency", metavar="S", min=0, help="Delay of each response in seconds.")
    ] = 0,
    triggers: Annotated[
        bool,
        typer.Option("--triggers", help="Let timers, uploaded objects and topic messages start functions."),
    ] = False,
    output: options.OutputFormat = "text",
) -> None:
    """Run a local server that implements the SCF API, reachable from this machine only, until it is stopped."""
    from scfdeploy.emulator import ISOLATIONS, LOCAL_CREDENTIALS, IsolationError, Server, Settings
    from scfdeploy.local_server import notice_text

    if isolation not in ISOLATIONS:
        raise UsageError(message("--isolation takes {choices}", choices=", ".join(ISOLATIONS)))
    settings = Settings(activation_s=activation, latency_s=latency, triggers=triggers or None, isolation=isolation)
    pairs = dict(map(_key_pair, credential)) if credential else LOCAL_CREDENTIALS

    def serve() -> None:
        collect_often()
        try:
            server = Server(
                data,
                port=port,
                credentials=pairs,
                settings=settings,
                on_notice=lambda notice: print_notice(notice_text(notice)),
            )
        except OSError as error:
            raise ScfDeployError(
                message(
                    "the local server cannot start on port {port}: {reason}", port=port, reason=error.strerror or error
                ),
                hint=message("Choose another --port (0 chooses a free one) or --data."),
            ) from error
        with signals_interrupt():
            if output == "json":
                print_document("emulator", {"url": server.url})
            else:
                print_text(message("listening on {url}", url=server.url), sys.stdout)
            if not credential:
                print_text(
                    message(
                        "warning: the key pair AKIDlocal:local-secret is public, so every program on this machine can"
                        " call this server and run code as you. Use --credential ID:KEY to set a secret one."
                    ),
                    sys.stderr,
                )
            try:
                mode = server.choose_isolation()
                print_text(message("Using {mode} isolation.", mode=mode), sys.stderr)
                server.serve_forever()
            except IsolationError as error:
                raise ScfDeployError(
                    message("namespace isolation does not work on this machine: {reason}", reason=error),
                    hint=message("Use --isolation copy, or --isolation auto to use the first that works."),
                ) from error
            except KeyboardInterrupt:
                print_text(message("stopped"), sys.stderr)
            finally:
                server.stop()

    run_or_exit(OutputOptions("emulator", output), serve)


def _key_pair(text: str) -> tuple[str, str]:
    secret_id, colon, secret_key = text.partition(":")
    if not (secret_id and colon and secret_key):
        raise UsageError(message("--credential takes ID:KEY"))
    return secret_id, secret_key
