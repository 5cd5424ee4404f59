"""Commands on a project in several regions: one region after the other, in one output."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext, redirect_stdout
from io import StringIO
from typing import TYPE_CHECKING, NoReturn, TypeVar

from scfdeploy.cli.exits import Exit, ExitCode
from scfdeploy.cli.output import (
    OutputOptions,
    print_text,
    run_and_exit,
    run_or_exit,
    show,
    write_reports_and_exit,
)
from scfdeploy.cli.region_parts import Part, parts_by_region
from scfdeploy.config.merge_instances import SEVERAL_REGIONS
from scfdeploy.diagnostics import message
from scfdeploy.operations.request import Request
from scfdeploy.plan import Policy
from scfdeploy.report.terminal import safe
from scfdeploy.results import Drifted, Findings, Planned

if TYPE_CHECKING:
    from scfdeploy.results.status import StatusReport

R = TypeVar("R", Planned, Drifted, "StatusReport")


def run_regions_and_exit(
    output: OutputOptions,
    whole: Part,
    use_case: Callable[[Request, Policy], R],
    exit_code: Callable[[R], ExitCode],
) -> NoReturn:
    """Run `use_case` for each region, show the results, and exit with the first code of a failure."""
    result = run_or_exit(output, lambda: use_case(*whole))
    parts = split_project(output, whole, result.findings)
    if not parts:
        show(output, result)
        write_reports_and_exit(output, result, exit_code(result))
    codes = run_parts(output, parts, lambda part: run_and_exit(output, lambda: use_case(*part), exit_code))
    failures = [code for code in codes if code not in (ExitCode.DONE, ExitCode.CHANGES)]
    raise Exit(failures[0] if failures else max(codes))


def split_project(output: OutputOptions, whole: Part, findings: Findings) -> Sequence[Part]:
    """A part for each region, if the findings of the whole project say that it has several; otherwise none.

    None for reports and for formats that describe one region.
    """
    has_several = any(finding.rule == SEVERAL_REGIONS.id for finding in findings.diagnostics)
    if not has_several or output.format not in ("text", "json") or output.reports:
        return ()
    return run_or_exit(output, lambda: parts_by_region(*whole))


def run_parts(
    output: OutputOptions, parts: Sequence[Part], run: Callable[[Part], NoReturn], *, stops: bool = False
) -> list[ExitCode]:
    """Run a command for each part, and return its exit codes; with `stops`, only up to the first failure.

    `run` writes a result and exits. The JSON documents of all parts are written as one.
    """
    codes: list[ExitCode] = []
    documents: dict[str, str] = {}
    is_json = output.format == "json"
    for part in parts:
        region = part.request.load.part
        if not is_json:
            print_text(safe(message("Region {region}:", region=region)), sys.stdout)
        written = StringIO()
        try:
            with redirect_stdout(written) if is_json else nullcontext():
                run(part)
        except Exit as error:
            codes.append(ExitCode(error.exit_code))
        documents[region] = written.getvalue()
        if stops and codes[-1] is not ExitCode.DONE:
            break
    if is_json:
        import json

        from scfdeploy.report.document import dumps, merge_documents

        merged = merge_documents({region: json.loads(text) for region, text in documents.items() if text})
        print_text(dumps(merged), sys.stdout)
    rest = [part.request.load.part for part in parts[len(codes) :]]
    if rest:
        print_text(safe(message("Not started: {regions}.", regions=", ".join(rest))), sys.stderr)
    return codes
