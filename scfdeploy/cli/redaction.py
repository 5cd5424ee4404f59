"""What the program shows, without secrets: the last gate before a terminal, a log or a file.

Values that are known to be secret are hidden where they are laid out. Here is what quotes them in other words: a
message of the cloud, the output of a command, the line of a file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from scfdeploy.model import KnownSecrets, looks_secret

if TYPE_CHECKING:
    from scfdeploy.report.text import RenderedOutput
    from scfdeploy.results import Result

SECRETS = KnownSecrets()
"""Those of the command that this process runs."""

_JSON_FORMATS = frozenset(("json", "sarif"))
_SHORTEST_OF_ENVIRONMENT = 8


def reset_secrets(variables: Mapping[str, str], environ: Mapping[str, str]) -> KnownSecrets:
    """Forget the secrets of an earlier command, and learn those of the options and of the environment."""
    SECRETS.clear()
    for name, text in variables.items():
        if looks_secret(name):
            SECRETS.add(text)
    for name, text in environ.items():
        if len(text) >= _SHORTEST_OF_ENVIRONMENT and looks_secret(name) and not os.path.exists(text):  # noqa: PTH110
            SECRETS.add(text)
    return SECRETS


def redacted(result: Result, form: str, parts: RenderedOutput) -> RenderedOutput:
    """A result that was laid out in a format, without secrets.

    What a function returns and prints is its caller's, and pages of explanations are ours: these stay as they are.
    """
    from scfdeploy.results import Explained, Invoked

    if isinstance(result, Explained | Invoked):
        return parts
    out = _json(parts.out) if form in _JSON_FORMATS else SECRETS.redact(parts.out)
    return parts._replace(out=out, err=SECRETS.redact(parts.err))


def _json(text: str) -> str:
    import json

    from scfdeploy.report.document import dumps

    if not text.strip():
        return text
    document = json.loads(text)
    hidden = SECRETS.redact_document(document)
    return text if hidden == document else dumps(hidden)
