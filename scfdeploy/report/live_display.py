"""The live part of a terminal, drawn by rich: loaded only when there is a terminal to draw on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

_PER_SECOND = 8


class LiveScreen:
    """Lines that scroll by, above lines that are redrawn; `lines` is asked for the latter at each redrawing."""

    def __init__(self, stream: TextIO, lines: Callable[[], list[str]], *, color: bool) -> None:
        self._console = Console(file=stream, force_terminal=True, no_color=not color, highlight=False)
        self._lines = lines
        # `transient`: what is running now is no news once the run is over.
        self._live = Live(
            get_renderable=self._draw,
            console=self._console,
            refresh_per_second=_PER_SECOND,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def start(self) -> None:
        """Begin to draw."""
        self._live.start(refresh=True)

    def stop(self) -> None:
        """Wipe the redrawn lines; nothing is drawn afterwards."""
        self._live.stop()

    def scroll(self, line: str) -> None:
        """Write a line of bad news, which stays."""
        self._console.print(Text(line, style="red"))

    def _draw(self) -> Group:
        lines = self._lines()
        room = max(1, self._console.height - 1)
        hidden = len(lines) - room
        if hidden > 0:
            # The line that counts comes last and is never hidden.
            lines = [*lines[: room - 2], f"  … {hidden + 1} more", lines[-1]]
        return Group(*(Text(line, no_wrap=True, overflow="ellipsis", style="dim") for line in lines))
