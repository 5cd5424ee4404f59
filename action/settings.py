"""The inputs of the action, read from the environment and checked."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

COMMANDS = ("validate", "plan", "apply", "destroy", "status")


class InputError(Exception):
    """An input that cannot be used; the text is for whoever wrote the workflow."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The inputs; an empty text stands for one that was not given."""

    command: str
    path: str
    stage: str
    plan: str
    args: tuple[str, ...]

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Settings:
        """Read them from `INPUT_…`. Raises InputError."""
        command = environ.get("INPUT_COMMAND", "").strip()
        if command not in COMMANDS:
            raise InputError(f"command has to be one of {', '.join(COMMANDS)}")
        plan = environ.get("INPUT_PLAN", "")
        if plan and command not in ("plan", "apply"):
            raise InputError(f"plan is a file for the commands plan and apply, and {command} takes none")
        try:
            args = tuple(shlex.split(environ.get("INPUT_ARGS", ""), comments=False))
        except ValueError as error:
            raise InputError(f"args cannot be split into words: {error}") from error
        stage = environ.get("INPUT_STAGE") or environ.get("STAGE", "")
        return cls(command, environ.get("INPUT_PATH", ""), stage, plan, args)

    def words(self) -> list[str]:
        """The command line without the forms of its result: what users chose comes first."""
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
        """The end of the command line: the path, which nothing takes for an option."""
        return ["--", self.path] if self.path else []
