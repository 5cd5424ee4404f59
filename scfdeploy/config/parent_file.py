"""A serverless.yml in the folder above: the vendor's tool lets its app and stage win, this one does not."""

# Plain strings for paths: pathlib costs start-up time.
# ruff: noqa: PTH113, PTH118, PTH120

from __future__ import annotations

import os

from scfdeploy.config.discover import FILE_NAMES
from scfdeploy.config.files import read_text, shown
from scfdeploy.config.yaml import MappingNode, ScalarNode, parse
from scfdeploy.config.yaml.core import is_null
from scfdeploy.diagnostics import Diagnostics
from scfdeploy.model import Instance


def warn_of_parent(instance: Instance, cwd: str, diagnostics: Diagnostics) -> None:
    """Warn when the folder above names another app or stage: moving over from the vendor's tool changes names."""
    folder = os.path.dirname(instance.root)
    path = next((path for name in FILE_NAMES if os.path.isfile(path := os.path.join(folder, name))), None)
    if path is None or folder == instance.root:
        return
    unseen = Diagnostics()  # what is wrong with that file is not this project's matter
    text = read_text(path, path, unseen)
    tree = None if text is None else parse(text, path, unseen)
    if not isinstance(tree, MappingNode):
        return
    for key, mine in (("app", instance.app), ("stage", instance.stage)):
        entry = tree.get(key)
        if entry is None or not isinstance(entry.value, ScalarNode) or is_null(entry.value):
            continue
        if "${" not in entry.value.text and entry.value.text != mine:
            diagnostics.warning(
                "parent-file-ignored",
                instance.span,
                "File in the folder above is not followed",
                detail=f"{shown(path, cwd)} has `{key}: {entry.value.text}`, which the vendor's own tool puts in the "
                f"place of `{key}: {mine}`. This tool reads only the file of the instance.",
                hint=f"Write the same {key} in both, or pass --stage."
                if key == "stage"
                else "Write the same app in both.",
            )
