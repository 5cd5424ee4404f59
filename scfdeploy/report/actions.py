"""Symbols and verbs of actions."""

from __future__ import annotations

from scfdeploy.diagnostics import message
from scfdeploy.plan import Action

SYMBOLS = {
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.REPLACE: "-/+",
    Action.DELETE: "-",
    Action.NO_OP: " ",
}


def action_verb(action: Action) -> str:
    """`create` and so on."""
    match action:
        case Action.CREATE:
            return message("create")
        case Action.UPDATE:
            return message("update")
        case Action.REPLACE:
            return message("replace")
        case Action.DELETE:
            return message("delete")
        case Action.NO_OP:
            return message("unchanged")


def failed(action: Action) -> str:
    """`create failed` and so on."""
    return message("{action} failed", action=action_verb(action))


def in_progress(action: Action) -> str:
    """`creating` and so on."""
    match action:
        case Action.CREATE:
            return message("creating")
        case Action.UPDATE:
            return message("updating")
        case Action.REPLACE:
            return message("replacing")
        case Action.DELETE:
            return message("deleting")
        case Action.NO_OP:
            return message("checking")


def completed(action: Action) -> str:
    """`created` and so on."""
    match action:
        case Action.CREATE:
            return message("created")
        case Action.UPDATE:
            return message("updated")
        case Action.REPLACE:
            return message("replaced")
        case Action.DELETE:
            return message("deleted")
        case Action.NO_OP:
            return message("unchanged")
