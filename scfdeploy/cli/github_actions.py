"""What only a job of GitHub Actions gets, with --format github: its summary, and secrets that its log never shows."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from scfdeploy.cli.redaction import redacted
from scfdeploy.results import Result


def mask_secrets(output: str, variables: Mapping[str, str]) -> None:
    """With the format github, have GitHub put stars for the values of --var whose names look secret.

    It knows only its own secrets. The line that asks for it holds the value, so it is written only where GitHub takes
    it out again.
    """
    if output != "github" or os.environ.get("GITHUB_ACTIONS") != "true":
        return
    from scfdeploy.model import is_secret
    from scfdeploy.report.github import mask_commands

    sys.stdout.write(mask_commands(value for name, value in variables.items() if is_secret(name, value)))
    sys.stdout.flush()


def write_step_summary(result: Result) -> None:
    """Add a result to the summary of the job, where there is one."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    from scfdeploy.report.markdown import markdown
    from scfdeploy.report.terminal import safe
    from scfdeploy.report.text import TextStyle
    from scfdeploy.workspace.atomic_write import append_to_file

    try:
        text = redacted(result, "markdown", markdown(result, TextStyle(color=False, width=120))).out
        append_to_file(path, f"{text}\n".encode("utf-8", "backslashreplace"))
    except OSError as error:
        # What was to be done is done; only the account of it is not where it should be.
        sys.stderr.write(f"warning: the summary of the job cannot be written: {safe(path)}: {error.strerror}\n")
