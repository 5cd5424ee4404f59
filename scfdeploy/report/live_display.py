"""Lines redrawn in place on a terminal, with rich; imported only on a terminal, because rich is slow to load."""

from __future__ import annotations

from collections.abc import Callable
from typing import TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from scfdeploy.diagnostics import message

_PER_SECOND = 8
_MAX_LINES = 12


class LiveScreen:
    """Lines that scroll, above lines that are redrawn from what `lines` returns."""

    def __init__(self, stream: TextIO, lines: Callable[[], list[str]], *, color: bool) -> None:
        self._console = Console(file=stream, force_terminal=True, no_color=not color, highlight=False)
        self._lines = lines
        self._live = Live(
            get_renderable=self._draw,
            console=self._console,
            refresh_per_second=_PER_SECOND,
            transient=True,  # remove the lines at the end
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def start(self) -> None:
        """Start drawing."""
        self._live.start(refresh=True)

    def stop(self) -> None:
        """Remove the redrawn lines and stop drawing."""
        self._live.stop()

    def scroll(self, line: str) -> None:
        """Write an error line above the redrawn lines."""
        self._console.print(Text(line, style="red"))

    def _draw(self) -> Group:
        lines = self._lines()
        height = max(1, min(self._console.height - 1, _MAX_LINES))
        hidden = len(lines) - height
        if hidden > 0:
            # The last line counts the changes and is always visible.
            lines = [*lines[: height - 2], "  " + message("… {number} more", number=hidden + 1), lines[-1]]
        return Group(*(Text(line, no_wrap=True, overflow="ellipsis", style="dim") for line in lines))
