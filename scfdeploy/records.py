"""`dataclass`, `replace` and `NamedTuple` for the many small classes that a command defines when it starts.

`dataclasses` compiles up to nine functions per class, and loads `inspect` for that. Here one is compiled, when there
are many instances, and the rest is shared. `typing.NamedTuple` compiles each annotation, which
`collections.namedtuple` does not. Type checkers see the classes of the standard library, and so do `dataclasses` and
`inspect`.

Only data classes with slots and without base classes that have fields are supported, and named tuples without further
base classes; anything else is a TypeError when the class is defined.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping
from itertools import islice
from operator import attrgetter, ge, gt, le, lt
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, NoReturn

__all__ = ["NamedTuple", "dataclass", "field", "replace"]

_MISSING: Any = object()
_MOST_BOUND = 40
"""The number of instances that take longer to make without a compiled function than one takes to compile."""
_assign = object.__setattr__
_make_tuple_class: Any = namedtuple  # a second name, because type checkers allow only literal arguments of the first


class _Field:
    """The default of a field, and what the field takes part in."""

    __slots__ = ("compare", "default", "default_factory", "repr")

    def __init__(
        self,
        *,
        default: Any = _MISSING,
        default_factory: Any = _MISSING,
        compare: bool = True,
        repr: bool = True,  # noqa: A002 - the name of the standard library
    ) -> None:
        self.default = default
        self.default_factory = default_factory
        self.compare = compare
        self.repr = repr


class _Definition:
    """The fields of a class, and the arguments of its decorator."""

    __slots__ = ("annotations", "fields", "settings")

    def __init__(self, annotations: dict[str, Any], fields: dict[str, _Field], settings: dict[str, bool]) -> None:
        self.annotations = annotations
        self.fields = fields
        self.settings = settings


class _StandardAttribute:
    """An attribute that `dataclasses` or `inspect` look for: that of an equal class of the standard library."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, _instance: object, owner: Any) -> Any:
        import dataclasses
        import inspect

        definition: _Definition = owner.__record_definition__
        namespace: dict[str, Any] = {"__annotations__": definition.annotations, "__module__": owner.__module__}
        for name, own in definition.fields.items():
            settings = {"default": own.default, "default_factory": own.default_factory}
            given = {key: value for key, value in settings.items() if value is not _MISSING}
            namespace[name] = dataclasses.field(**given, compare=own.compare, repr=own.repr)
        make_equal = dataclasses.dataclass(**definition.settings, slots=True)
        equal: Any = make_equal(type(owner.__name__, (), namespace))
        return inspect.signature(equal) if self._name == "__signature__" else getattr(equal, self._name)


_STANDARD_ATTRIBUTES = {
    name: _StandardAttribute(name) for name in ("__dataclass_fields__", "__dataclass_params__", "__signature__")
}


def _dataclass(
    *,
    slots: bool,
    frozen: bool = False,
    eq: bool = True,
    order: bool = False,
    repr: bool = True,  # noqa: A002 - the name of the standard library
) -> Callable[[type], type]:
    """Define the methods of a class from its annotations; the arguments are those of the standard library."""
    settings = {"frozen": frozen, "eq": eq, "order": order, "repr": repr}

    def decorate(cls: type) -> type:
        if not slots or any(hasattr(base, "__match_args__") for base in cls.__bases__):
            raise TypeError(f"{cls.__qualname__} needs slots, and no base class with fields")
        annotations: dict[str, Any] = cls.__annotations__
        namespace = {name: value for name, value in cls.__dict__.items() if name not in ("__dict__", "__weakref__")}
        fields: dict[str, _Field] = {}
        for name, annotation in annotations.items():
            if "ClassVar" in str(annotation) or "InitVar" in str(annotation) or "KW_ONLY" in str(annotation):
                raise TypeError(f"{cls.__qualname__}.{name} is not a field")
            default = namespace.pop(name, _MISSING)
            fields[name] = default if isinstance(default, _Field) else _Field(default=default)
        _check_order(
            cls.__qualname__,
            [own.default is not _MISSING or own.default_factory is not _MISSING for own in fields.values()],
        )
        definition = _Definition(annotations, fields, settings)
        methods = _shared_methods(definition)
        if eq and ("__hash__" not in namespace or (namespace["__hash__"] is None and "__eq__" in namespace)):
            namespace["__hash__"] = methods.pop("__hash__")
        namespace = {
            **methods,
            **_STANDARD_ATTRIBUTES,
            **namespace,
            "__slots__": tuple(fields),
            "__match_args__": tuple(fields),
            "__record_definition__": definition,
        }
        # As with the standard library, slots take a new class.
        made: Any = type(cls)(cls.__name__, cls.__bases__, namespace)
        made.__qualname__ = cls.__qualname__
        if "__init__" not in namespace:
            made.__init__ = _init_to_compile(made, definition)
        return made  # type: ignore[no-any-return]

    return decorate


def _check_order(class_name: str, have_defaults: list[bool]) -> None:
    """Raise TypeError if a field without a default follows one with a default."""
    if have_defaults != sorted(have_defaults):
        raise TypeError(f"{class_name} has a field without a default after one with a default")


def _replace(instance: Any, /, **changes: Any) -> Any:
    """A copy of an instance with other values of the fields in `changes`."""
    return type(instance)(**{name: getattr(instance, name) for name in instance.__match_args__} | changes)


def _init_to_compile(cls: Any, definition: _Definition) -> Callable[..., None]:
    """An `__init__` that replaces itself with a compiled one, once so many instances were made that it pays."""
    count = 0

    def init_or_compile(self: Any, *values: Any, **named: Any) -> None:
        nonlocal count
        count += 1
        bound = _bind(definition.fields, values, named) if count <= _MOST_BOUND else None
        if bound is None:
            cls.__init__ = _compile_init(cls, definition)
            cls.__init__(self, *values, **named)
            return
        for name, value in zip(definition.fields, bound, strict=True):
            _assign(self, name, value)
        if hasattr(cls, "__post_init__"):
            self.__post_init__()

    return init_or_compile


def _bind(fields: Mapping[str, _Field], values: tuple[Any, ...], named: Mapping[str, Any]) -> list[Any] | None:
    """The value of each field for the arguments of a call. None if they do not match; compiled functions say why."""
    bound = list(values)
    found = 0
    for name, own in islice(fields.items(), len(values), None):
        if name in named:
            bound.append(named[name])
            found += 1
        elif own.default_factory is not _MISSING:
            bound.append(own.default_factory())
        elif own.default is not _MISSING:
            bound.append(own.default)
        else:
            return None
    return bound if len(bound) == len(fields) and found == len(named) else None


def _compile_init(cls: Any, definition: _Definition) -> Callable[..., None]:
    names: dict[str, Any] = {"_MISSING": _MISSING}
    parameters, lines = [], []
    for name, own in definition.fields.items():
        value = name
        if own.default_factory is not _MISSING:
            names[f"_make_{name}"] = own.default_factory
            parameters.append(f"{name}=_MISSING")
            value = f"_make_{name}() if {name} is _MISSING else {name}"
        elif own.default is not _MISSING:
            names[f"_default_{name}"] = own.default
            parameters.append(f"{name}=_default_{name}")
        else:
            parameters.append(name)
        if definition.settings["frozen"]:
            # What `_assign` finds by the name of the field, in half its time.
            names[f"_set_{name}"] = getattr(cls, name).__set__
            lines.append(f" _set_{name}(self, {value})")
        else:
            lines.append(f" self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        lines.append(" self.__post_init__()")
    # The text consists of names of fields, which are identifiers.
    exec("\n".join([f"def __init__(self, {', '.join(parameters)}):", *lines, " return None"]), names)  # noqa: S102
    init: Callable[..., None] = names["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


def _shared_methods(definition: _Definition) -> dict[str, Any]:
    """The methods that need no compiler."""
    settings, fields = definition.settings, definition.fields
    methods: dict[str, Any] = {"__replace__": _replace}  # for `copy.replace`, since Python 3.13
    if settings["repr"]:
        methods["__repr__"] = _make_repr(tuple(name for name, own in fields.items() if own.repr))
    if settings["eq"]:
        key = _make_key(tuple(name for name, own in fields.items() if own.compare))
        methods |= _make_comparisons(key, is_ordered=settings["order"])
        methods["__hash__"] = _make_hash(key) if settings["frozen"] else None
    if settings["frozen"]:
        methods |= _make_frozen(frozenset(fields))
    return methods


def _make_repr(names: tuple[str, ...]) -> Callable[[Any], str]:
    def represent(self: Any) -> str:
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__qualname__}({values})"

    return recursive_repr()(represent)


def _make_key(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """The function that returns the values of these fields."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda instance: tuple(getattr(instance, name) for name in names)


def _make_hash(key: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any], int]:
    return lambda self: hash(key(self))


def _make_comparisons(key: Callable[[Any], tuple[Any, ...]], *, is_ordered: bool) -> dict[str, Any]:
    def compare_by(operation: Callable[[Any, Any], bool]) -> Callable[[Any, Any], Any]:
        def compare(self: Any, other: Any) -> Any:
            return operation(key(self), key(other)) if other.__class__ is self.__class__ else NotImplemented

        return compare

    def equal(self: Any, other: Any) -> Any:
        return key(self) == key(other) if other.__class__ is self.__class__ else NotImplemented

    order = {"__lt__": lt, "__le__": le, "__gt__": gt, "__ge__": ge} if is_ordered else {}
    return {"__eq__": equal} | {name: compare_by(operation) for name, operation in order.items()}


def _make_frozen(names: frozenset[str]) -> dict[str, Any]:
    """The methods of an immutable class. With slots, `copy` and `pickle` need two of them."""

    def refuse(name: str, verb: str) -> NoReturn:
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot {verb} field {name!r}")

    def assign(self: Any, name: str, value: Any) -> None:
        if name in names:
            refuse(name, "assign to")
        _assign(self, name, value)

    def delete(self: Any, name: str) -> None:
        if name in names:
            refuse(name, "delete")
        object.__delattr__(self, name)

    return {"__setattr__": assign, "__delattr__": delete, "__getstate__": _state, "__setstate__": _set_state}


def _state(self: Any) -> list[Any]:
    return [getattr(self, name) for name in self.__match_args__]


def _set_state(self: Any, state: list[Any]) -> None:
    for name, value in zip(self.__match_args__, state, strict=True):
        _assign(self, name, value)


class _NamedTupleMeta(type):
    """Makes a named tuple of `collections` of the body of a class."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> Any:
        if not bases:
            return super().__new__(cls, name, bases, namespace)
        if len(bases) > 1:
            raise TypeError(f"{name} has further base classes")
        # Without this import, Python 3.14 has a function here, and no annotations before there is a class.
        if namespace.keys() & {"__annotate__", "__annotate_func__"}:
            raise TypeError(f"{name} needs `from __future__ import annotations` in its module")
        fields = tuple(namespace.get("__annotations__", ()))
        defaults = {field: namespace.pop(field) for field in fields if field in namespace}
        _check_order(name, [field in defaults for field in fields])
        made = _make_tuple_class(name, fields, defaults=defaults.values(), module=namespace["__module__"])
        for key, value in namespace.items():
            setattr(made, key, value)
        return made


class _NamedTuple(metaclass=_NamedTupleMeta):
    """The base class of named tuples: as `typing.NamedTuple`."""


if TYPE_CHECKING:
    from dataclasses import dataclass, field, replace
    from typing import NamedTuple
else:
    dataclass, field, replace, NamedTuple = _dataclass, _Field, _replace, _NamedTuple
