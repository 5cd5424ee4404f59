"""What each action does, one module per family, and the one table that says which exist."""

from scfdeploy.emulator.actions.registry import ACTIONS, Action

__all__ = ["ACTIONS", "Action"]
