"""The protocol of a component kind."""

from __future__ import annotations

from typing import Protocol

from scfdeploy.config.document import InstanceDocument
from scfdeploy.model import FunctionSpec, LayerSpec


class ComponentKind(Protocol):
    """One kind of component."""

    @property
    def names(self) -> tuple[str, ...]:
        """What `component` says for it; several words may mean one kind."""

    def read(self, instance: InstanceDocument) -> tuple[FunctionSpec | LayerSpec, ...]:
        """The functions and layers that the instance asks for; what is wrong with it goes to its diagnostics."""
