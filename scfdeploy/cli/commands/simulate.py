"""`scfdeploy simulate`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

from scfdeploy.cli.arguments import make_request, parse_duration, start_memory_server
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.exits import ExitCode, UsageError
from scfdeploy.cli.groups import DisplayOptions, ProjectOptions
from scfdeploy.cli.output import (
    OutputOptions,
    done_if_ok,
    parse_reports,
    print_text,
    run_or_exit,
    show,
    write_reports_and_exit,
)
from scfdeploy.cli.redaction import SECRETS
from scfdeploy.diagnostics import message
from scfdeploy.diagnostics.messages import join_sentences

if TYPE_CHECKING:
    from collections.abc import Collection

    import typer

    from scfdeploy.cli import options
    from scfdeploy.config.scenario.definition import Outcome
    from scfdeploy.delivery.trace import TraceStep
    from scfdeploy.results.simulation import Simulated

app = CommandApp()
_LINES_AT_ONCE = 500


@app.command()
def simulate(
    scenario: Annotated[
        str, typer.Argument(metavar="[SCENARIO]", help="YAML file; by default one event of the project's function.")
    ] = "",
    *,
    function: Annotated[
        str, typer.Option("--function", metavar="F", help="The function; a key of the scenario, like the next five.")
    ] = "",
    on: Annotated[
        str, typer.Option("--on", metavar="LIST", help="Platforms: scf, functiongraph, fc, lambda; comma-separated.")
    ] = "",
    outcomes: Annotated[
        str,
        typer.Option(
            "--outcomes",
            metavar="LIST",
            help="Outcome of each attempt instead of the handler, such as 430,430,200; the last one repeats.",
        ),
    ] = "",
    events: Annotated[
        int | None, typer.Option("--events", metavar="N", min=0, help="Number of events, messages or records.")
    ] = None,
    max_age: Annotated[
        str | None, typer.Option("--max-age", metavar="D", help="Longest age of a waiting event, such as 6h.")
    ] = None,
    retries: Annotated[
        int | None, typer.Option("--retries", metavar="N", min=0, help="Number of retries after execution errors.")
    ] = None,
    returns: Annotated[
        str,
        typer.Option("--return", metavar="at-once", help="Queues: failed messages become visible again at once."),
    ] = "",
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="N", help="Add faults to a quarter of the attempts, by this seed.")
    ] = None,
    idempotent: Annotated[
        str | None,
        typer.Option(
            "--idempotent",
            metavar="CMD",
            help="Run the function again with faults, and compare the state that CMD prints after each run.",
        ),
    ] = None,
    asserts: Annotated[
        bool, typer.Option("--assert", help="Exit with 1 if the result differs from `expect` of the scenario.")
    ] = False,
    path: options.ProjectPath = ".",
    project: ProjectOptions,
    output: options.SimulationOutput = "text",
    html: options.Html = None,
    display: DisplayOptions,
) -> None:
    """Simulate on a virtual clock what happens to events. Nothing is deployed, and no credentials are read.

    Exits with 1 for a loop of functions, with --assert if the result differs, and with --idempotent if faults change
    the state; with 3 if the scenario has errors.
    """
    from scfdeploy.config.scenario.definition import PLATFORMS
    from scfdeploy.operations.simulate.simulation import SimulationOptions
    from scfdeploy.operations.simulate.simulation import simulate as use_case

    if returns not in ("", "at-once"):
        raise UsageError(message("--return takes at-once, not {text}", text=repr(returns)))
    if idempotent is not None and not idempotent.strip():
        raise UsageError(message("--idempotent takes a command"))
    request = make_request(path, **project._asdict())
    lines = _StepLines() if output == "jsonl" else None
    chosen = SimulationOptions(
        scenario,
        function,
        _platforms(on, PLATFORMS),
        _outcomes(outcomes),
        events,
        _max_age_ms(max_age),
        retries,
        bool(returns),
        asserts,
        keeps_bodies=output == "json",
        seed=seed,
        start_server=start_memory_server,
        idempotent=idempotent or "",
        home=os.path.expanduser("~"),  # noqa: PTH111
        on_step=lines,
    )
    screen = OutputOptions("simulate", output, *display, parse_reports(None, html))
    result = run_or_exit(screen, lambda: use_case(request, chosen))
    if lines is not None:
        lines.flush()
    if output == "json":
        _write_document(result)
    else:
        show(screen, result)
    write_reports_and_exit(screen, result, _exit_code(result))


def _exit_code(result: Simulated) -> ExitCode:
    if not result.runs:
        return ExitCode.INVALID
    return done_if_ok(result)


def _platforms(text: str, known: Collection[str]) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(","))) if text else ()
    for name in names:
        if name not in known:
            from scfdeploy.diagnostics import did_you_mean

            listed = message("--on takes {platforms}, not {name}.", platforms=", ".join(known), name=repr(name))
            raise UsageError(join_sentences(listed, did_you_mean(name, known) or ""))
    return names


def _max_age_ms(text: str | None) -> int | None:
    from scfdeploy.config.scenario.values import LONGEST_MS

    if text is None:
        return None
    milliseconds = parse_duration("--max-age", text) * 1000
    if milliseconds > LONGEST_MS:
        raise UsageError(message("--max-age takes at most {days} days", days=LONGEST_MS // 86_400_000))
    return round(milliseconds)


def _outcomes(text: str) -> tuple[Outcome, ...]:
    if not text:
        return ()
    from scfdeploy.config.scenario import read_outcome_list
    from scfdeploy.config.scenario.definition import OUTCOME_WORDS

    outcomes = read_outcome_list(text)
    if isinstance(outcomes, str):
        raise UsageError(
            message(
                "--outcomes takes statuses such as 430, or {words}, separated by commas, not {word}",
                words=", ".join(OUTCOME_WORDS),
                word=repr(outcomes),
            )
        )
    return outcomes


class _StepLines:
    """Writes each step to stdout as one line of JSON, several at a time."""

    def __init__(self) -> None:
        from scfdeploy.report.simulation_documents import StepLines

        self._lines: list[str] = []
        self._write = StepLines(SECRETS.redact).line

    def __call__(self, platform: str, item: str, step: TraceStep) -> None:
        self._lines.append(self._write(platform, item, step))
        if len(self._lines) >= _LINES_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write the lines that were not written yet."""
        print_text("\n".join(self._lines), sys.stdout)
        self._lines.clear()


def _write_document(result: Simulated) -> None:
    from scfdeploy.report.simulation_documents import document_parts

    for part in document_parts(result, SECRETS.redact_document):
        print_text(part, sys.stdout)
