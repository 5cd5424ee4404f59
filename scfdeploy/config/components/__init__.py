"""Component kinds: one module for each, and the table that lists them."""

from scfdeploy.config.components.kinds import ComponentKind, choose_kind

__all__ = ["ComponentKind", "choose_kind"]
