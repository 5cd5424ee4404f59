"""The exception whose message and hint are shown to the user, without a traceback."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scfdeploy.diagnostics.diagnostic import Diagnostic


class OptionConflictError(ValueError):
    """Options that cannot be combined; the command line reports it as wrong usage."""


class ScfDeployError(Exception):
    """A problem that ends the run and has no position in a file: no network, no credentials, a busy lock.

    `message` says in one line what is wrong; `hint` says what to do. `findings` has earlier diagnostics and the texts
    of their files.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.findings: tuple[Sequence[Diagnostic], Mapping[str, str]] = ((), {})
