"""Component kinds: one module for each, and the table that lists them."""

from scfdeploy.config.components.base import ComponentKind
from scfdeploy.config.components.table import choose_kind

__all__ = ["ComponentKind", "choose_kind"]
