"""The interpreter and platform of a Python function, as installers describe them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from packaging.markers import InvalidMarker, Marker
from packaging.tags import Tag, compatible_tags, cpython_tags, parse_tag

from scfdeploy.diagnostics.messages import message
from scfdeploy.facts.pipelines import wheel_platforms

_GLIBC = re.compile(r"manylinux_(\d+)_(\d+)_(\w+)")
_LEGACY_NAMES = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
_OLDEST_GLIBC = 5


class PythonTarget:
    """The target of a runtime such as Python3.10."""

    def __init__(self, runtime: str) -> None:
        major, _, minor = runtime.removeprefix("Python").partition(".")
        self._version = int(major), int(minor)
        match = next(match for name in wheel_platforms() if (match := _GLIBC.fullmatch(name)))
        self._glibc = int(match[1]), int(match[2])
        self._machine = match[3]

    @property
    def version(self) -> str:
        """Such as 3.10."""
        return "{}.{}".format(*self._version)

    @property
    def uv_platform(self) -> str:
        """The platform in the form of `uv pip install --python-platform`."""
        return "{}-manylinux_{}_{}".format(self._machine, *self._glibc)

    @cached_property
    def platforms(self) -> tuple[str, ...]:
        """The platform tags of wheels that the target can load, best first."""
        major, newest = self._glibc
        names: list[str] = []
        for minor in range(newest, _OLDEST_GLIBC - 1, -1):
            names.append(f"manylinux_{major}_{minor}")
            names += [_LEGACY_NAMES[minor]] if minor in _LEGACY_NAMES else []
        return tuple(f"{name}_{self._machine}" for name in (*names, "linux"))

    @property
    def description(self) -> str:
        """For messages."""
        return message(
            "Python {version} on Linux {machine} with glibc {major}.{minor}",
            version=self.version,
            machine=self._machine.replace("_", "-"),
            major=self._glibc[0],
            minor=self._glibc[1],
        )

    @cached_property
    def environment(self) -> dict[str, str]:
        """The values of environment markers."""
        full = f"{self.version}.0"
        return {
            "implementation_name": "cpython",
            "implementation_version": full,
            "os_name": "posix",
            "platform_machine": self._machine,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": "Linux",
            "platform_version": "",
            "python_full_version": full,
            "python_version": self.version,
            "sys_platform": "linux",
        }

    def applies(self, marker: object, *, extras: Iterable[str] = ()) -> bool:
        """Whether a marker is true here, for one of these extras; an absent one is. ValueError for an invalid one."""
        if not isinstance(marker, str) or not marker.strip():
            return True
        try:
            parsed = Marker(marker)
            return any(parsed.evaluate({**self.environment, "extra": extra}) for extra in (*extras, ""))
        except (InvalidMarker, RecursionError) as error:
            raise ValueError(str(error)) from error

    def loads(self, tags: Iterable[str]) -> bool:
        """Whether the target can load a wheel with these tags, such as `cp310-abi3-manylinux2014_x86_64`."""
        return any(tag in self._tags for text in tags for tag in parse_tag(text))

    @cached_property
    def _tags(self) -> frozenset[Tag]:
        interpreter = "cp{}{}".format(*self._version)
        return frozenset(
            (
                *cpython_tags(self._version, platforms=self.platforms),
                *compatible_tags(self._version, interpreter, platforms=self.platforms),
            )
        )
