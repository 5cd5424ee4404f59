"""The one exception that a user may see: a message, a hint, never a traceback."""

from __future__ import annotations


class ScfDeployError(Exception):
    """Something that ends the run and has no place in a file: no network, no credentials, a busy lock.

    `message` says in one line what is wrong; `hint` says what to do. What has a place in a file is a `Diagnostic`.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
