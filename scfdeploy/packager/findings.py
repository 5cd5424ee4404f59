"""Diagnostics about the code of one function, at the position of `src` in serverless.yml, and file names in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scfdeploy.diagnostics import Diagnostics, Finding, Severity, Span
from scfdeploy.diagnostics.messages import message
from scfdeploy.model import Address
from scfdeploy.model.file_findings import FILE_UNREADABLE

_MAX_NAMED = 8
_MAX_FINDINGS = 20
"""More errors about one folder would repeat each other."""


class Findings:
    """Collects diagnostics about the code of one function."""

    __slots__ = ("_address", "_span", "diagnostics")

    def __init__(self, function: Address, span: Span) -> None:
        self._address = str(function)
        self._span = span
        self.diagnostics = Diagnostics()

    def report(
        self,
        finding: Finding,
        /,
        *,
        span: Span | None = None,
        detail: str | None = None,
        hint: str | None = None,
        summary: str | None = None,
        **values: Any,
    ) -> None:
        """Add a finding at `span`, by default that of `src`, with the arguments of `Finding.at`; no error once full."""
        if finding.severity is not Severity.ERROR or not self.is_full:
            self.diagnostics.report(
                finding,
                span or self._span,
                address=self._address,
                summary=summary,
                detail=detail,
                hint=hint,
                **values,
            )

    def cannot_read(self, path: str, wrong: OSError) -> None:
        """Report a file or folder that cannot be read."""
        self.report(
            FILE_UNREADABLE,
            detail='"{file}" cannot be read: {reason}.',
            hint="Fix its permissions, or exclude it with src.exclude.",
            file=printable(path),
            reason=wrong.strerror or wrong,
        )

    @property
    def has_errors(self) -> bool:
        """Whether an error prevents packing."""
        return self.diagnostics.has_errors

    @property
    def is_full(self) -> bool:
        """Whether there are enough findings to stop."""
        return len(self.diagnostics) >= _MAX_FINDINGS


def span_of(texts: Sequence[str], spans: Sequence[Span], text: str) -> Span | None:
    """The position of one text of a list in serverless.yml, if known."""
    at = texts.index(text)
    return spans[at] if at < len(spans) else None


def name_some(names: Sequence[str]) -> str:
    """The first of these file names, quoted, and the number of the others."""
    listed = ", ".join(f'"{printable(name)}"' for name in names[:_MAX_NAMED])
    more = len(names) - _MAX_NAMED
    return message("{names} and {count} more", names=listed, count=more) if more > 0 else listed


def printable(name: str) -> str:
    """A file name for a message: bytes that are not UTF-8 and control characters become escapes."""
    return name if name.isprintable() else "".join(map(_escape, name))


def _escape(character: str) -> str:
    if character.isprintable():
        return character
    if "\udc80" <= character <= "\udcff":  # Python's form of a byte that is not UTF-8 (surrogateescape)
        return f"\\x{ord(character) - 0xDC00:02x}"
    return repr(character)[1:-1]
