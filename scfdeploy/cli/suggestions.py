"""What a mistyped command or option is answered with: never anything that deletes or skips a question.

Somebody who types quickly, or a program that runs what an error message suggests, must not be led to delete.
"""

from __future__ import annotations

from collections.abc import Iterable

_DESTRUCTIVE_COMMANDS = frozenset({"destroy"})
_DESTRUCTIVE_OPTIONS = frozenset({"--yes", "-y", "--prune", "--force", "--adopt", "--keep", "--instance", "--insecure"})

_DEPLOY = "To deploy, run `scfdeploy apply`. It shows the plan and asks for approval."
_REMOVE = "`scfdeploy destroy` deletes the resources that the project owns. It shows the plan and asks for approval."
_STATUS = "To see what is deployed, run `scfdeploy status`."
_PLAN = "To see what would change, run `scfdeploy plan`."
_OTHER_TOOLS = {
    **dict.fromkeys(("deploy", "up", "sync", "push", "update", "publish"), _DEPLOY),
    **dict.fromkeys(("remove", "delete", "rm", "undeploy", "down", "uninstall"), _REMOVE),
    **dict.fromkeys(("list", "ls", "info", "show", "describe", "get"), _STATUS),
    **dict.fromkeys(("diff", "preview"), _PLAN),
}
"""Names that commands of other tools have, with what does the same here."""


def unknown_command_message(name: str, known: Iterable[str]) -> str:
    """The message about a command that does not exist."""
    message = f"No such command {name!r}."
    if name.lower() in _OTHER_TOOLS:
        return f"{message} {_OTHER_TOOLS[name.lower()]}"
    from difflib import get_close_matches

    near = get_close_matches(name, [each for each in known if each not in _DESTRUCTIVE_COMMANDS])
    return f"{message} Did you mean {', '.join(map(repr, near))}?" if near else f"{message} See `scfdeploy --help`."


def remove_destructive(error: Exception) -> None:
    """Take options that delete, overwrite or skip a question out of what an unknown option is answered with."""
    near = getattr(error, "possibilities", None)
    if isinstance(near, list):
        error.possibilities = [name for name in near if name not in _DESTRUCTIVE_OPTIONS]  # type: ignore[attr-defined]
