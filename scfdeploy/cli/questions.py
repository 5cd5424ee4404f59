"""Questions on the terminal, for commands that need a choice which no option makes."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from scfdeploy.cli.output import print_notice
from scfdeploy.diagnostics import message
from scfdeploy.report.terminal import pad, safe, width


def can_ask() -> bool:
    """Whether somebody can read and answer a question."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: str, *, default: str | None, show_default: bool = True, prompt_suffix: str = ": ") -> str:
    """Ask a question on stderr. Raises KeyboardInterrupt on Ctrl-C and at the end of the input."""
    import typer

    try:
        answer: str = typer.prompt(
            question, default=default, show_default=show_default, prompt_suffix=prompt_suffix, err=True
        )
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    return answer


def choose(title: str, choices: Mapping[str, str]) -> str:
    """Ask for one of the choices, given as name and description; the first one is the default.

    Without a second choice, nothing is asked. Raises KeyboardInterrupt on Ctrl-C and at the end of the input.
    """
    names = list(choices)
    if len(names) == 1:
        return names[0]
    columns = max(map(width, names))
    lines = [f"  {number}  {pad(name, columns)}  {choices[name]}".rstrip() for number, name in enumerate(names, 1)]
    print_notice("\n".join([message("{title}:", title=title), *lines]))
    prompt = message("Number or name [{default}]:", default=names[0])
    while True:
        answer = _answer(prompt).lower() or names[0]
        numbered = dict(enumerate(names, 1)).get(int(answer)) if answer.isdecimal() and len(answer) < 4 else None
        matches = [numbered] if numbered else [name for name in names if name == answer]
        if matches:
            return matches[0]
        print_notice(message('"{answer}" is not one of them.', answer=safe(answer)))


def _answer(prompt: str) -> str:
    """One line of the terminal. Typer's own prompt would write a space to stdout."""
    sys.stderr.write(f"{prompt} ")
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise KeyboardInterrupt
    return line.strip()
