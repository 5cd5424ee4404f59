"""The name of one resource, as it is shown, typed after --target and used as a key."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """`kind` and what identifies a resource of that kind within one region; `str()` gives the form people type.

    `function/<namespace>/<function>` · `trigger/<namespace>/<function>/<type>/<name>` (here `name` is `<type>/<name>`)
    · `async/<namespace>/<function>` · `alias/<namespace>/<function>/<alias>` · `concurrency/<namespace>/<function>` for
    what is reserved, and `concurrency/<namespace>/<function>/<version>` for what is provisioned · `namespace/<name>` ·
    `layer/<name>`, or `layer/<name>/<version>` for one version of it (here `name` is `<name>/<version>`)
    """

    kind: str
    namespace: str = ""
    function: str = ""
    name: str = ""

    @classmethod
    def of_function(cls, namespace: str, function: str) -> Address:
        """A function."""
        return cls("function", namespace, function)

    @classmethod
    def of_layer(cls, name: str, version: int | None = None) -> Address:
        """A layer with all its versions, or one of them."""
        return cls("layer", name=name if version is None else f"{name}/{version}")

    @classmethod
    def of_namespace(cls, name: str) -> Address:
        """A namespace."""
        return cls("namespace", name)

    def trigger(self, trigger_type: str, name: str) -> Address:
        """A trigger of this function."""
        return Address("trigger", self.namespace, self.function, f"{trigger_type}/{name}")

    def asynchronous(self) -> Address:
        """The asynchronous invocation settings of this function."""
        return Address("async", self.namespace, self.function)

    def alias(self, name: str) -> Address:
        """An alias of this function."""
        return Address("alias", self.namespace, self.function, name)

    def reserved(self) -> Address:
        """The concurrency that is reserved for this function."""
        return Address("concurrency", self.namespace, self.function)

    def provisioned(self, version: str) -> Address:
        """The provisioned instances of one version of this function."""
        return Address("concurrency", self.namespace, self.function, version)

    @property
    def of(self) -> Address:
        """The function that this resource is or belongs to; of a layer or one of its versions, the layer."""
        match self.kind:
            case "layer":
                return Address("layer", name=self.name.partition("/")[0])
            case "namespace":
                return self
        return Address("function", self.namespace, self.function)

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read the form that `str()` gives; ValueError when it is none."""
        kind, *parts = text.split("/")
        if not all(parts[:3]):  # the name of a trigger may end in a slash
            raise ValueError(text)
        match kind, parts:
            case ("function" | "async" | "concurrency", [namespace, function]):
                return cls(kind, namespace, function)
            case ("alias" | "concurrency", [namespace, function, name]):
                return cls(kind, namespace, function, name)
            case ("trigger", [namespace, function, trigger_type, *name]) if name:
                return cls(kind, namespace, function, "/".join([trigger_type, *name]))
            case ("layer", [name]):
                return cls(kind, name=name)
            case ("layer", [name, version]) if version.isascii() and version.isdigit():
                return cls(kind, name=f"{name}/{version}")
            case ("namespace", [name]):
                return cls(kind, namespace=name)
        raise ValueError(text)

    def __str__(self) -> str:
        return "/".join(part for part in (self.kind, self.namespace, self.function, self.name) if part)
