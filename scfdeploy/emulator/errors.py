"""Errors of the API and of the control paths."""

from __future__ import annotations


class CloudError(Exception):
    """An API error: `code` as documented, `message` in our own words."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class ControlError(Exception):
    """An invalid request to a control path."""
