"""The reference of exit codes."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.cli.exits import ExitCode
from scripts.reference.markdown import code, page, table

MEANINGS: Mapping[ExitCode, tuple[str, str, str]] = {
    ExitCode.DONE: ("all", "Done, or nothing to do.", ""),
    ExitCode.FAILED: (
        "all",
        "Failed: no connection, no credentials, a rejected plan, a failed call of a function, a check that failed.",
        "Read the error; run again when its cause is gone.",
    ),
    ExitCode.USAGE: ("all", "Wrong usage: an unknown option, or options that exclude each other.", "See `--help`."),
    ExitCode.INVALID: (
        "all that read files",
        "The configuration has errors, or with `--strict` warnings; nothing was changed.",
        "Run `scfdeploy validate`; `--fix` corrects what is certain.",
    ),
    ExitCode.CHANGES: (
        "`plan --detailed-exitcode`",
        "The plan has changes; with `--refresh-only`, the cloud differs from the files.",
        "",
    ),
    ExitCode.PARTLY_APPLIED: (
        "`apply`, `destroy`, `alias`, `rollback`",
        "Some changes were made, others not. The report says of each what is known.",
        "Run the same command again for the rest.",
    ),
    ExitCode.INTERRUPTED: (
        "all",
        "A signal, such as Ctrl-C, stopped the command. Changes that were running got 30 seconds to complete.",
        "Run the same command again.",
    ),
}


def exit_code_page() -> str:
    """The page of exit codes."""
    rows = [[code(str(int(each))), *_row(*MEANINGS[each])] for each in ExitCode]
    return page(
        "Exit codes",
        ["Scripts can rely on these codes; they do not change.", ""],
        table(["code", "meaning", "from", "what to do"], rows),
    )


def _row(commands: str, meaning: str, advice: str) -> list[str]:
    return [meaning, commands, advice]
