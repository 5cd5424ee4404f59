"""The inputs of the action, read from the environment and validated."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import NamedTuple

COMMANDS = ("validate", "plan", "apply", "destroy", "status")


class InputError(Exception):
    """An invalid input. The text is shown to the author of the workflow."""


class Settings(NamedTuple):
    """The inputs; unset ones are empty."""

    command: str
    path: str
    stage: str
    plan: str
    args: tuple[str, ...]

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Settings:
        """Read the variables `INPUT_…`. Raises InputError."""
        command = environ.get("INPUT_COMMAND", "").strip()
        if command not in COMMANDS:
            raise InputError(f"command must be one of {', '.join(COMMANDS)}")
        plan = environ.get("INPUT_PLAN", "")
        if plan and command not in ("plan", "apply"):
            raise InputError(f"the input plan is only for the commands plan and apply, not for {command}")
        try:
            args = tuple(shlex.split(environ.get("INPUT_ARGS", ""), comments=False))
        except ValueError as error:
            raise InputError(f"args cannot be parsed: {error}") from error
        stage = environ.get("INPUT_STAGE") or environ.get("STAGE", "")
        return cls(command, environ.get("INPUT_PATH", ""), stage, plan, args)

    def words(self) -> list[str]:
        """The command line without output formats, the user's options first."""
        chosen = [self.command, *self.args]
        if self.stage:
            chosen.append(f"--stage={self.stage}")
        match self.command:
            case "plan" if self.plan:
                chosen.append(f"--out={self.plan}")
            case "apply" if self.plan:
                chosen.append(f"--plan={self.plan}")
            case "apply" | "destroy":
                chosen.append("--yes")
        return chosen

    def where(self) -> list[str]:
        """The end of the command line: the path, protected by `--`."""
        return ["--", self.path] if self.path else []
