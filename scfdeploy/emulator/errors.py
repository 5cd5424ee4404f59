"""The errors that a caller can meet: the cloud's own, and those of the control paths."""

from __future__ import annotations


class CloudError(Exception):
    """An API error as the cloud words it: `code` is contract, `message` is free text."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class ControlError(Exception):
    """A control path was used wrongly; the text says how. Not part of the cloud's behaviour."""
