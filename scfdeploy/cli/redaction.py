"""Removes secrets from everything that the program writes to a terminal, a log or a file.

Reports already replace values that are known to be secret. This last step covers texts that quote them, such as
messages of the cloud, output of commands, and lines of files.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from scfdeploy.model import KnownSecrets, is_secret
from scfdeploy.operations.request import note_secrets

if TYPE_CHECKING:
    from scfdeploy.report.text import RenderedOutput
    from scfdeploy.results import Result

SECRETS = KnownSecrets()
"""The secrets of the command that this process runs."""

_JSON_FORMATS = frozenset(("json", "sarif", "migration-json"))


def reset_secrets(variables: Mapping[str, str], environ: Mapping[str, str]) -> KnownSecrets:
    """Forget the secrets of an earlier command, and note those of the options and the environment."""
    SECRETS.clear()
    note_secrets(SECRETS, variables, environ)
    return SECRETS


_SHOWN_UNCHANGED = frozenset({"Explained", "Invoked", "TemplateShown"})
"""Class names of results, so that no command imports the result of another one."""


def redactor(result: Result) -> Callable[[str], str]:
    """The function that redacts a single text of a result."""
    return str if type(result).__name__ in _SHOWN_UNCHANGED else SECRETS.redact


def redacted(result: Result, form: str, output: RenderedOutput) -> RenderedOutput:
    """The output of a result in a format, without secrets.

    The output of a function belongs to its caller, explanations are our own text, and test events must be printed as
    they are: these are not changed.
    """
    if type(result).__name__ in _SHOWN_UNCHANGED:
        return output
    if form in _JSON_FORMATS:
        out = _redact_json(output.out)
    elif form == "jsonl":
        out = "".join(map(_redact_json_line, output.out.splitlines(keepends=True)))
    else:
        out = SECRETS.redact(output.out)
    return output._replace(out=out, err=SECRETS.redact(output.err))


def mask_on_github(output: str, variables: Mapping[str, str]) -> None:
    """With the format github, make GitHub mask secret values of --var in the log.

    GitHub masks only its own secrets. The workflow command contains the value, so it is written only in GitHub Actions.
    """
    if output != "github" or os.environ.get("GITHUB_ACTIONS") != "true":
        return
    from scfdeploy.report.github import mask_commands

    sys.stdout.write(mask_commands(value for name, value in variables.items() if is_secret(name, value)))
    sys.stdout.flush()


def _redact_json_line(line: str) -> str:
    """A line of JSON without secrets. They are not found in its text, in which quotes are escaped."""
    import json

    from scfdeploy.report.json_lines import json_line

    return f"{json_line(SECRETS.redact_document(json.loads(line)))}\n"


def _redact_json(text: str) -> str:
    """A JSON document without secrets."""
    import json

    from scfdeploy.report.document import dumps

    if not text.strip():
        return text
    document = json.loads(text)
    clean = SECRETS.redact_document(document)
    return text if clean == document else dumps(clean)
