"""The reference of exit codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from scfdeploy.cli.exits import ExitCode
from scfdeploy.diagnostics import message
from scripts.reference.markdown import code, page, paragraph, table
from scripts.reference.texts import PageText


class Meaning(NamedTuple):
    """What one exit code says."""

    commands: PageText
    meaning: PageText
    advice: PageText


_ALL = PageText("all")
_NONE = PageText("")
MEANINGS: Mapping[ExitCode, Meaning] = {
    ExitCode.DONE: Meaning(_ALL, PageText("Done, or nothing to do."), _NONE),
    ExitCode.FAILED: Meaning(
        _ALL,
        PageText(
            "Failed: no connection, no credentials, a rejected plan, a failed call of a function, a check that failed."
        ),
        PageText("Read the error; run again when its cause is gone."),
    ),
    ExitCode.USAGE: Meaning(
        _ALL, PageText("Wrong usage: an unknown option, or options that exclude each other."), PageText("See `--help`.")
    ),
    ExitCode.INVALID: Meaning(
        PageText("all that read files"),
        PageText("The configuration has errors, or with `--strict` warnings; nothing was changed."),
        PageText("Run `scfdeploy validate`; `--fix` corrects what is certain."),
    ),
    ExitCode.CHANGES: Meaning(
        PageText("`plan --detailed-exitcode`"),
        PageText("The plan has changes; with `--refresh-only`, the cloud differs from the files."),
        _NONE,
    ),
    ExitCode.PARTLY_APPLIED: Meaning(
        PageText("`apply`, `destroy`, `alias`, `rollback`"),
        PageText("Some changes were made, others not. The report says of each what is known."),
        PageText("Run the same command again for the rest."),
    ),
    ExitCode.INTERRUPTED: Meaning(
        _ALL,
        PageText(
            "A signal, such as Ctrl-C, stopped the command. Changes that were running got 30 seconds to complete."
        ),
        PageText("Run the same command again."),
    ),
}


def exit_code_page() -> str:
    """The page of exit codes."""
    rows = [[code(str(int(each))), *_row(MEANINGS[each])] for each in ExitCode]
    heads = [message("code"), message("meaning"), message("from"), message("what to do")]
    return page(
        message("Exit codes"),
        paragraph(message("Scripts can rely on these codes; they do not change.")),
        table(heads, rows),
    )


def _row(meaning: Meaning) -> list[str]:
    return [str(meaning.meaning), str(meaning.commands), str(meaning.advice)]
