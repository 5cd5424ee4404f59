"""What is wrong with one function's code, said at the place in serverless.yml that names the code."""

from __future__ import annotations

from collections.abc import Sequence

from scfdeploy.diagnostics import Diagnostics, Span
from scfdeploy.model import Address

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

    def error(
        self, rule: str, summary: str, *, detail: str, hint: str, code: str | None = None, span: Span | None = None
    ) -> None:
        """Add an error, unless there are enough; the words as in `Diagnostic`. `span` is the place, if not `src`."""
        if not self.is_full:
            self.diagnostics.error(
                rule, span or self._span, summary, detail=detail, hint=hint, code=code, address=self._address
            )

    def warning(self, rule: str, summary: str, *, detail: str, hint: str, span: Span | None = None) -> None:
        """Add a warning; the words as in `Diagnostic`, `span` as for an error."""
        self.diagnostics.warning(rule, span or self._span, summary, detail=detail, hint=hint, address=self._address)

    def cannot_read(self, path: str, wrong: OSError) -> None:
        """Add the error that a file or folder cannot be read."""
        self.error(
            "file-unreadable",
            "File cannot be read",
            detail=f'"{shown(path)}" cannot be read: {wrong.strerror or wrong}.',
            hint="Mend its permissions, or leave it out with src.exclude.",
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
