"""Records behave as the classes of the standard library."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import typing
from collections.abc import Callable
from typing import Any, get_type_hints

import pytest

from scfdeploy import records

SETTINGS = [
    {},
    {"frozen": True},
    {"frozen": True, "order": True},
    {"frozen": True, "eq": False},
    {"eq": False},
    {"frozen": True, "repr": False},
]


class PickledTuple(records.NamedTuple):
    """A named tuple that `pickle` finds by its name."""

    x: int
    y: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """A method beside the fields."""
        return len(self.y)

    def __str__(self) -> str:
        return f"x={self.x}"


@records.dataclass(frozen=True, slots=True)
class Pickled:
    """A class that `pickle` finds by its name."""

    x: int
    y: tuple[int, ...] = ()


def define(module: Any, settings: dict[str, bool]) -> Any:
    """The class with these settings; nothing but the decorator tells one module from the other."""
    namespace = {
        "__annotations__": {"x": "int", "y": "int", "names": "list[str]", "hidden": "int"},
        "__qualname__": "Point",
        "__module__": __name__,
        "y": 0,
        "names": module.field(default_factory=list),
        "hidden": module.field(default=7, compare=False, repr=False),
    }
    return module.dataclass(**settings, slots=True)(type("Point", (), namespace))


def outcome(function: Callable[[], object]) -> object:
    try:
        return function()
    except Exception as error:  # noqa: BLE001 - errors are compared as well
        return type(error)


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_record_behaves_as_data_class(settings: dict[str, bool]) -> None:
    def observations(module: Any) -> list[object]:
        cls = define(module, settings)
        one, same, other = cls(1, hidden=1), cls(1, hidden=2), cls(2, 3, ["a"])

        def assign(instance: Any, name: str) -> object:
            setattr(instance, name, 5)
            return getattr(instance, name)

        is_represented = settings.get("repr", True)
        return [
            repr(other) if is_represented else None,
            one == same,
            one != other,
            one == 1,
            outcome(lambda: one < other),
            outcome(lambda: sorted([other, one])[0] is one),
            outcome(lambda: one >= same),
            outcome(lambda: one < 1),
            outcome(lambda: hash(cls(1, names=())) == hash(cls(1, names=(), hidden=9))),
            outcome(lambda: hash(one)) if settings.get("eq", True) else None,
            outcome(cls),
            outcome(lambda: cls(1, 2, [], 4, 5)),
            outcome(lambda: cls(1, z=2)),
            one.names is not same.names,
            outcome(lambda: assign(cls(1), "x")),
            outcome(lambda: delattr(cls(1), "x")),
            hasattr(one, "__dict__"),
            cls.__match_args__,
            cls.__slots__,
            [(entry.name, entry.type, entry.compare) for entry in dataclasses.fields(cls)],
            dataclasses.asdict(other),
            dataclasses.is_dataclass(cls),
            str(inspect.signature(cls)),
            module.replace(one, y=4).y,
            module.replace(one, y=4).hidden,
            outcome(lambda: module.replace(one, z=4)),
            dataclasses.replace(one, y=4).y,
            copy.copy(other).names is other.names,
            copy.deepcopy(other).names is not other.names,
            copy.deepcopy(other).y,
        ]

    assert observations(records) == observations(dataclasses)


def test_named_tuple_behaves_as_that_of_typing() -> None:
    def observations(module: Any) -> list[object]:
        class Point(module.NamedTuple):  # type: ignore[misc, name-defined]
            """A point."""

            x: int
            y: int = 0
            name: str = ""

            @classmethod
            def at(cls, x: int) -> Any:
                return cls(x)

        signature = [(one.name, one.default) for one in inspect.signature(Point).parameters.values()]
        one, other = Point(1), Point(y=2, x=1, name="n")
        x, *_ = one
        return [
            signature,
            repr(other),
            one == (1, 0, ""),
            one < other,
            hash(one) == hash((1, 0, "")),
            x,
            other.name,
            Point.at(4),
            Point._fields,
            Point._field_defaults,
            Point.__match_args__,
            Point.__doc__,
            Point.__mro__[1:],
            get_type_hints(Point),
            other._asdict(),
            other._replace(x=5),
            Point._make([1, 2, "a"]),
            # A ValueError before Python 3.13.
            outcome(lambda: other._replace(z=5)) in (TypeError, ValueError),
            outcome(lambda: Point._make([1])),
            outcome(Point),
            outcome(lambda: Point(1, 2, "", 4)),
            outcome(lambda: Point(1, z=2)),
            outcome(lambda: setattr(one, "x", 2)),
            outcome(lambda: setattr(one, "z", 2)),
            hasattr(one, "__dict__"),
            copy.copy(other),
            copy.deepcopy(other),
            isinstance(one, tuple),
        ]

    assert observations(records) == observations(typing)


def test_named_tuple_is_pickled() -> None:
    value = PickledTuple(1, (2, 3))

    assert pickle.loads(pickle.dumps(value)) == value
    assert (value.count, str(value)) == (2, "x=1")


def test_named_tuple_has_no_fields() -> None:
    class Empty(records.NamedTuple):
        """Nothing."""

    assert Empty() == ()
    assert Empty._fields == ()
    with pytest.raises(TypeError):
        Empty(1)  # type: ignore[call-arg]


def test_unsupported_named_tuple_is_rejected() -> None:
    with pytest.raises(TypeError, match="needs `from __future__ import annotations`"):
        type(records.NamedTuple)("Lazy", (records.NamedTuple,), {"__annotate_func__": lambda _: {"x": int}})
    with pytest.raises(TypeError, match="further base classes"):

        class Both(records.NamedTuple, Pickled):  # type: ignore[misc]
            x: int


def test_record_shows_itself_inside_itself() -> None:
    cls = define(records, {})
    point = cls(1)
    point.names.append(point)

    assert repr(point) == "Point(x=1, y=0, names=[...])"


def test_record_is_pickled() -> None:
    assert pickle.loads(pickle.dumps(Pickled(1, (2, 3)))) == Pickled(1, (2, 3))


def test_record_has_the_method_of_copy_replace() -> None:
    record: Any = Pickled(1, (2,))

    assert record.__replace__(x=3) == Pickled(3, (2,))


def test_frozen_record_raises_error_of_standard_library() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'x'"):
        Pickled(1).x = 2  # type: ignore[misc]


def test_own_methods_are_kept() -> None:
    @records.dataclass(frozen=True, slots=True)
    class Own:
        x: int

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 4

        def __repr__(self) -> str:
            return "own"

    assert Own(1) == Own(2)
    assert (hash(Own(1)), repr(Own(1))) == (4, "own")


def test_instances_after_compilation_equal_those_before() -> None:
    cls: Any = define(records, {})
    first = cls(1, y=2)
    instances = [cls(1, y=2) for _ in range(200)]

    assert instances == [first] * 200
    assert cls(5, 6).y == cls(x=5, y=6).y == 6
    for wrong in (cls, lambda: cls(1, z=2), lambda: cls(1, x=2), lambda: cls(1, 2, 3, 4, 5)):
        with pytest.raises(TypeError, match="argument"):
            wrong()


def test_mistakes_before_compilation_are_named() -> None:
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'x'"):
        define(records, {})(y=1)


def test_field_without_default_after_one_with_default_is_rejected() -> None:
    namespace = {"__annotations__": {"x": "int", "y": "int"}, "__module__": __name__, "x": 1}

    with pytest.raises(TypeError, match="without a default after one with a default"):
        records.dataclass(slots=True)(type("Point", (), dict(namespace)))
    with pytest.raises(TypeError, match="without a default after one with a default"):
        type(records.NamedTuple)("Point", (records.NamedTuple,), dict(namespace))


def test_post_init_runs() -> None:
    @records.dataclass(slots=True)
    class Doubled:
        x: int

        def __post_init__(self) -> None:
            self.x *= 2

    assert [Doubled(2).x, Doubled(3).x] == [4, 6]


def test_unsupported_class_is_rejected_when_it_is_defined() -> None:
    class Derived(Pickled):
        z: int

    class Constant:
        z: typing.ClassVar[int] = 1

    for cls in (Derived, Constant):
        with pytest.raises(TypeError):
            records.dataclass(slots=True)(cls)
    with pytest.raises(TypeError):
        records.dataclass(slots=False)(type("Plain", (), {"__annotations__": {"x": "int"}}))
