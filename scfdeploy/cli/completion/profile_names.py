"""Names of profiles in the credentials files of other tools; the keys in them are not looked at."""
# Plain strings for paths: pathlib costs start-up time.
# ruff: noqa: PTH111, PTH118, PTH123, PTH208

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress

_INI_FILES = (".tencentcloud/credentials", ".serverless-tencent/credentials")
_MAX_BYTES = 100_000


def profile_names() -> Iterator[str]:
    """The sections of the files in INI form, and the names of the files with one profile each."""
    home = os.path.expanduser("~")
    for name in _INI_FILES:
        with suppress(OSError):
            yield from _sections(os.path.join(home, name))
    with suppress(OSError):
        for name in sorted(os.listdir(os.path.join(home, ".tccli"))):
            if name.endswith(".credential"):
                yield name.removesuffix(".credential")


def _sections(path: str) -> Iterator[str]:
    if not os.path.isfile(path):  # noqa: PTH113
        return
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file.read(_MAX_BYTES).splitlines():
            text = line.strip()
            if text.startswith("[") and text.endswith("]"):
                yield text[1:-1]
