"""What is wrong with one function's code, said at the place in serverless.yml that names the code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scfdeploy.diagnostics import Diagnostics, Finding, Severity, Span
from scfdeploy.model import Address
from scfdeploy.model.file_findings import FILE_UNREADABLE

_MOST_NAMED = 8
_ENOUGH = 20
"""More errors than this about one folder repeat the same news."""


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
        """Add a finding at `span`, or else at `src`; an error only until there are enough. As `Finding.at`."""
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
        """Add the error that a file or folder cannot be read."""
        self.report(
            FILE_UNREADABLE,
            detail='"{file}" cannot be read: {reason}.',
            hint="Fix its permissions, or exclude it with src.exclude.",
            file=shown(path),
            reason=wrong.strerror or wrong,
        )

    @property
    def has_errors(self) -> bool:
        """Whether the code cannot be packed."""
        return self.diagnostics.has_errors

    @property
    def is_full(self) -> bool:
        """Whether to stop looking."""
        return len(self.diagnostics) >= _ENOUGH


def span_of(texts: Sequence[str], spans: Sequence[Span], text: str) -> Span | None:
    """The place of one text of a list in serverless.yml, where it is known."""
    at = texts.index(text)
    return spans[at] if at < len(spans) else None


def name_some(names: Sequence[str]) -> str:
    """The first of these file names, quoted, and how many more there are."""
    listed = ", ".join(f'"{shown(name)}"' for name in names[:_MOST_NAMED])
    return listed + (f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else "")


def shown(name: str) -> str:
    """A file name fit for a message: bytes that are no UTF-8, and control characters, as escapes."""
    return "".join(map(_shown, name))


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    if "\udc80" <= character <= "\udcff":  # how Python spells a byte that is no UTF-8
        return f"\\x{ord(character) - 0xDC00:02x}"
    return repr(character)[1:-1]
