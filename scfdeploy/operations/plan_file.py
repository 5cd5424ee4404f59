"""Files that keep a plan: written whole and for their owner alone, read within bounds, known by how they begin."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from scfdeploy.diagnostics import ScfDeployError

if TYPE_CHECKING:  # the folder of every function is looked through, plans are read by one command
    from scfdeploy.plan.saved.compare import SavedPlan

_LARGEST_BYTES = 64 << 20
_BEGINS = b'{\n "kind": "scfdeploy-plan"'


def write(saved: SavedPlan, path: str) -> None:
    """Keep a plan in a file, in place of an older one. Raises ScfDeployError when it cannot be written."""
    from scfdeploy.plan.saved.form import to_text
    from scfdeploy.workspace.atomic_write import write_file

    try:
        write_file(path, to_text(saved).encode(), private=True)
    except OSError as error:
        raise ScfDeployError(
            f"the plan cannot be written to {path}: {error.strerror}", hint="Choose another --out."
        ) from error


def read(path: str) -> SavedPlan:
    """The plan that a file keeps. Raises ScfDeployError when there is none in it."""
    from scfdeploy.plan.saved.form import from_text

    try:
        with Path(path).open("rb") as file:
            content = file.read(_LARGEST_BYTES + 1)
        if len(content) > _LARGEST_BYTES:
            raise ScfDeployError(f"it has more than {_LARGEST_BYTES >> 20} MB", hint="Is it the right file?")
        return from_text(content.decode("utf-8"))
    except OSError as error:
        raise ScfDeployError(
            f"{path} cannot be read: {error.strerror}", hint="Give the file of `plan --out`."
        ) from error
    except UnicodeDecodeError as error:
        raise ScfDeployError(f"{path}: it is no plan: not UTF-8 text", hint="Give the file of `plan --out`.") from error
    except ScfDeployError as error:
        raise ScfDeployError(f"{path}: {error.message}", hint=error.hint) from error


def plan_files_in(folder: str) -> list[str]:
    """Names of files right in a folder that are called a plan and are one: they lie there, and are no code."""
    found = []
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if "plan" in entry.name.lower() and entry.is_file(follow_symlinks=False):
                with suppress(OSError), open(entry.path, "rb") as file:  # noqa: PTH123
                    if file.read(len(_BEGINS)) == _BEGINS:
                        found.append(entry.name)
    return sorted(found)
