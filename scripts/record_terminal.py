"""Record commands in terminals of several widths, as pictures to look at.

Each command runs in a pseudo terminal. What it leaves on the screen is written as SVG.

    python scripts/record_terminal.py OUT_DIR [--columns 60,100,200] [--at SECONDS] -- COMMAND [ARGUMENT]...

`--at` records the screen at that moment as well, for what is shown only while the command runs.
"""

from __future__ import annotations

import argparse
import fcntl
import html
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

ROWS = 40
_COLUMN_WIDTH = 12.2
"""Of one column in a picture of rich."""
_SVG_TEXT = re.compile(
    r'(?P<start><text class="[^"]*" )x="(?P<x>[\d.]+)" (?P<middle>y="[\d.]+" )textLength="[\d.]+"(?P<end>[^>]*)>'
    r"(?P<text>[^<]*)</text>"
)
CONTROL = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|\r|\n|\x1b[=>]|[^\x1b\r\n]+")


class Screen:
    """The lines of a terminal with their colours; knows what progress displays and prompts send."""

    def __init__(self) -> None:
        self.lines: list[str] = [""]
        self.row = 0
        self.is_at_start = False

    def write(self, text: str) -> None:
        """Add output."""
        for match in CONTROL.finditer(text):
            part, letter = match.group(), match[2]
            if self.is_at_start and part != "\n" and letter != "A":
                self.lines[self.row], self.is_at_start = "", False
            if letter == "m":
                self.lines[self.row] += part
            elif letter == "A":
                self.row = max(0, self.row - int(match[1] or 1))
            elif letter == "K":
                self.lines[self.row] = ""
            elif part == "\r":
                self.is_at_start = True
            elif part == "\n":
                self.row += 1
                self.is_at_start = False
                self.lines += [""] * (self.row + 1 - len(self.lines))
            elif part[0] != "\x1b":
                self.lines[self.row] += part

    def svg(self, columns: int, title: str) -> str:
        """The picture. It loads no font from elsewhere: letters have the widths that the picture says."""
        from rich._export_format import CONSOLE_SVG_FORMAT
        from rich.console import Console
        from rich.text import Text

        with open(os.devnull, "w") as null:  # noqa: PTH123
            console = Console(record=True, width=columns, force_terminal=True, color_system="standard", file=null)
            for line in self.lines:
                console.print(Text.from_ansi(line), soft_wrap=False, overflow="fold", crop=False)
            without_fonts = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
            own_font = without_fonts.replace("Fira Code, monospace", "ui-monospace, Menlo, Consolas, monospace")
            return _with_wide_characters(console.export_svg(title=title, code_format=own_font, unique_id="terminal"))


def _with_wide_characters(svg: str) -> str:
    """The picture with wide characters in their columns: rich gives them the width of a Latin letter."""
    return _SVG_TEXT.sub(_in_columns, svg)


def _in_columns(text: re.Match[str]) -> str:
    from rich.cells import cell_len

    letters = html.unescape(text["text"])
    if cell_len(letters) <= len(letters):
        return text[0]
    parts, x = [], float(text["x"])
    for _, run in groupby(letters, cell_len):
        part = "".join(run)
        width = cell_len(part) * _COLUMN_WIDTH
        shown = html.escape(part).replace(" ", "&#160;")
        parts.append(f'{text["start"]}x="{x:g}" {text["middle"]}textLength="{width:g}"{text["end"]}>{shown}</text>')
        x += width
    return "".join(parts)


def main() -> None:
    """Record the command at each width."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="the pictures are written here")
    parser.add_argument("--columns", default="60,100,200", help="widths of terminals (default 60,100,200)")
    parser.add_argument("--at", type=float, metavar="SECONDS", help="also record the screen at this time")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"\W+", "-", " ".join([Path(options.command[0]).name, *options.command[1:]])).strip("-")[:60]
    for columns in map(int, options.columns.split(",")):
        at = record(options.command, columns, options.folder / f"{name}-{columns}", options.at)
        print(f"{name} at {columns} columns: {at} lines")


def record(
    command: list[str],
    columns: int,
    file: Path,
    at: float | None = None,
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] = os.environ,
) -> int:
    """Write the pictures of one run in `folder`; returns the number of lines on the last."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, columns, 0, 0))
    settings = {key: value for key, value in environment.items() if key not in ("COLUMNS", "NO_COLOR")}
    settings["TERM"] = "xterm-256color"
    process = subprocess.Popen(command, cwd=folder, stdin=follower, stdout=follower, stderr=follower, env=settings)
    os.close(follower)
    screen, started = Screen(), time.monotonic()
    title = " ".join([Path(command[0]).name, *command[1:]])
    while True:
        if at is not None and time.monotonic() - started > at:
            file.with_suffix(".running.svg").write_text(screen.svg(columns, title), encoding="utf-8")
            at = None
        if not select.select([leader], [], [], 0.2)[0]:
            if process.poll() is not None:
                break
            continue
        try:
            output = os.read(leader, 1 << 16)
        except OSError:  # the program has closed the terminal
            break
        if not output:
            break
        screen.write(output.decode("utf-8", "replace"))
    process.wait()
    os.close(leader)
    file.with_suffix(".svg").write_text(screen.svg(columns, title), encoding="utf-8")
    return len(screen.lines)


if __name__ == "__main__":
    sys.exit(main())
