"""The layout of help with wide characters, such as Chinese: Typer's own counts each character as one column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from typer._click.formatting import HelpFormatter

from scfdeploy.report.terminal import pad, width, wrap

_GAP = 2
_MIN_TEXT = 10
_PUNCTUATION = "，。；：、（）"
_MIN_USAGE = 20


class WideHelpFormatter(HelpFormatter):
    """Writes help by the width of characters on a terminal."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the usage line."""
        head = f"{prefix or ''}{prog} "
        columns = self.width - width(head)
        if columns >= _MIN_USAGE:
            first, *rest = wrap(args, columns)
            self._write_lines([head + first, *(" " * width(head) + line for line in rest)])
        else:
            self._write_lines([head, *(f"{'':8}{line}" for line in wrap(args, self.width - 8))])

    def write_heading(self, heading: str) -> None:
        """Write the heading of a section."""
        self.write(f"{'':{self.current_indent}}{heading}：\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        indent = " " * self.current_indent
        lines = _paragraph_lines(text, self.width - self.current_indent)
        self._write_lines([(indent + line).rstrip() for line in lines])

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = _GAP) -> None:
        """Write terms with their texts beside them, or below a long term."""
        column = min(max((width(term) for term, _ in rows), default=0), col_max) + col_spacing
        indent = " " * self.current_indent
        for term, text in rows:
            lines = list(_paragraph_lines(text, max(self.width - column - _GAP, _MIN_TEXT)))
            head = term
            if lines and width(term) <= column - col_spacing:
                head = pad(term, column) + lines.pop(0)
            self._write_lines([indent + head, *((indent + " " * column + line).rstrip() for line in lines)])

    def _write_lines(self, lines: Sequence[str]) -> None:
        self.write("".join(f"{line}\n" for line in lines))


def _paragraph_lines(text: str, columns: int) -> Iterator[str]:
    """The lines of a text whose paragraphs are separated by empty lines."""
    for number, paragraph in enumerate(text.split("\n\n")):
        if number:
            yield ""
        yield from wrap(joined_lines(paragraph), columns)


def joined_lines(paragraph: str) -> str:
    """The lines of a paragraph as one; no space between wide characters and after wide punctuation."""
    joined = ""
    for line in map(str.strip, paragraph.splitlines()):
        last = joined[-1:]
        is_tight = not joined or last in _PUNCTUATION or (width(last) > 1 and width(line[:1]) > 1)
        joined += line if is_tight else f" {line}"
    return joined
