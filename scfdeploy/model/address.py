"""Resource addresses, as shown in plans, typed after --target and used as keys."""

from __future__ import annotations

from scfdeploy.model.resource_kind import (
    ALIAS,
    ASYNC,
    CONCURRENCY,
    DOMAIN,
    FUNCTION,
    KINDS,
    LAYER,
    NAMESPACE,
    TRIGGER,
    ResourceKind,
)
from scfdeploy.records import dataclass, replace


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """Identifies a resource within one region; `str()` returns the form that users type.

    `function/<namespace>/<function>` · `trigger/<namespace>/<function>/<type>/<name>` (here `name` is `<type>/<name>`)
    · `async/<namespace>/<function>` · `alias/<namespace>/<function>/<alias>` · `concurrency/<namespace>/<function>` for
    reserved, and `concurrency/<namespace>/<function>/<version>` for provisioned concurrency · `namespace/<name>` ·
    `domain/<host name>` · `layer/<name>`, or `layer/<name>/<version>` for one version of it (here `name` is
    `<name>/<version>`)
    """

    kind: ResourceKind
    namespace: str = ""
    function: str = ""
    name: str = ""

    @classmethod
    def of_function(cls, namespace: str, function: str) -> Address:
        """A function."""
        return cls(FUNCTION, namespace, function)

    @classmethod
    def of_function_name(cls, name: str, namespace: str = "default") -> Address:
        """A function by `name` or `namespace/name`; `namespace` is that of a bare name."""
        before, slash, after = name.partition("/")
        return cls.of_function(before, after) if slash else cls.of_function(namespace, name)

    @classmethod
    def of_layer(cls, name: str, version: int | None = None) -> Address:
        """A layer with all its versions, or one of them."""
        return cls(LAYER, name=name if version is None else f"{name}/{version}")

    @classmethod
    def of_domain(cls, host: str) -> Address:
        """A custom domain; host names do not depend on case."""
        return cls(DOMAIN, name=host.lower())

    @classmethod
    def of_namespace(cls, name: str) -> Address:
        """A namespace."""
        return cls(NAMESPACE, name)

    def trigger(self, trigger_type: str, name: str) -> Address:
        """A trigger of this function."""
        return Address(TRIGGER, self.namespace, self.function, f"{trigger_type}/{name}")

    def asynchronous(self) -> Address:
        """The asynchronous invocation settings of this function."""
        return Address(ASYNC, self.namespace, self.function)

    def alias(self, name: str) -> Address:
        """An alias of this function."""
        return Address(ALIAS, self.namespace, self.function, name)

    def reserved(self) -> Address:
        """The concurrency that is reserved for this function."""
        return Address(CONCURRENCY, self.namespace, self.function)

    def provisioned(self, version: str) -> Address:
        """The provisioned instances of one version of this function."""
        return Address(CONCURRENCY, self.namespace, self.function, version)

    @property
    def of(self) -> Address:
        """The function that this resource is or belongs to; of a layer or one of its versions, the layer."""
        if self.kind.belongs_to_function:
            return Address(FUNCTION, self.namespace, self.function)
        return replace(self, name=self.name.partition("/")[0])

    @property
    def trigger_type(self) -> str:
        """The type of this trigger."""
        return self.name.partition("/")[0]

    @property
    def function_name(self) -> str:
        """The function as commands take it: `name`, or `namespace/name` outside of the namespace `default`."""
        return self.function if self.namespace == "default" else f"{self.namespace}/{self.function}"

    @property
    def comes_with_function(self) -> bool:
        """Whether the resource exists, with default values, as soon as its function does."""
        return self.kind.comes_with_function or (bool(self.name) and self.name == self.kind.default_name)

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read the form that `str()` gives; ValueError for any other text."""
        import re

        name, _, rest = text.partition("/")
        kind = KINDS.get(name)
        match = re.fullmatch(kind.form, rest) if kind else None
        if kind is None or match is None:
            raise ValueError(text)
        return cls(kind, **{key: value or "" for key, value in match.groupdict().items()})

    def __str__(self) -> str:
        return "/".join(filter(None, (self.kind.name, self.namespace, self.function, self.name)))
