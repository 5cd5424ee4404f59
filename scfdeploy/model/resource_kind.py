"""The kinds of resources: how each is addressed, called in messages, and how it relates to its function."""

from __future__ import annotations

from scfdeploy.records import dataclass

_FUNCTION = r"(?P<namespace>[^/]+)/(?P<function>[^/]+)"


@dataclass(frozen=True, slots=True, eq=False)
class ResourceKind:
    """One kind of resource. There is one object per kind, so kinds are compared by identity."""

    name: str
    """The first part of an address."""
    label: str
    """What messages call a resource of this kind."""
    form: str
    """A regular expression for the rest of an address, with the groups `namespace`, `function` and `name`."""
    belongs_to_function: bool = False
    """Whether a resource is part of a function: planned, targeted and deleted with it."""
    comes_with_function: bool = False
    """Whether it exists, with default values, as soon as its function does."""
    default_name: str = ""
    """The name of the one that comes with its function, where others of the kind do not."""
    keeps_attributes_on_update: bool = False
    """Whether read-only attributes, such as a URL, stay the same when a resource is updated in place."""
    has_modification_time: bool = False
    """Whether a change of anything but tags moves the attribute `modified`."""
    identity_settings: tuple[str, ...] = ()
    """Settings that say which resource it is, and are not read back with the others."""
    is_shared: bool = False
    """Whether functions share a resource of this kind, which exists without them."""
    has_owned_versions: bool = False
    """Whether each version of a resource has an owner of its own."""
    is_deleted_last: bool = False
    """Whether deletions come at the end of a plan."""

    def __str__(self) -> str:
        return self.name

    def __lt__(self, other: ResourceKind) -> bool:
        return self.name < other.name

    def __reduce__(self) -> tuple[object, ...]:
        return _by_name, (self.name,)


def _by_name(name: str) -> ResourceKind:
    return KINDS[name]


FUNCTION = ResourceKind("function", "function", _FUNCTION, has_modification_time=True, is_deleted_last=True)
TRIGGER = ResourceKind(
    "trigger",
    "trigger",
    _FUNCTION + r"/(?P<name>[^/]+/(?s:.*))",  # <type>/<name>; the name may hold slashes and end in one
    belongs_to_function=True,
    keeps_attributes_on_update=True,
)
ALIAS = ResourceKind(
    "alias", "alias", _FUNCTION + r"/(?P<name>[^/]+)", belongs_to_function=True, default_name="$DEFAULT"
)
ASYNC = ResourceKind("async", "async", _FUNCTION, belongs_to_function=True, comes_with_function=True)
CONCURRENCY = ResourceKind(
    "concurrency",
    "concurrency",
    _FUNCTION + r"(/(?P<name>[^/]+))?",  # reserved concurrency; with a name, provisioned concurrency of a version
    belongs_to_function=True,
    comes_with_function=True,
    identity_settings=("qualifier",),
)
LAYER = ResourceKind("layer", "layer", r"(?P<name>[^/]+(/[0-9]+)?)", is_shared=True, has_owned_versions=True)
DOMAIN = ResourceKind("domain", "custom domain", r"(?P<name>[^/]+)", is_shared=True)
NAMESPACE = ResourceKind("namespace", "namespace", r"(?P<namespace>[^/]+)", is_shared=True)

KINDS = {kind.name: kind for kind in (FUNCTION, TRIGGER, ALIAS, ASYNC, CONCURRENCY, LAYER, DOMAIN, NAMESPACE)}
"""Every kind by its name."""
