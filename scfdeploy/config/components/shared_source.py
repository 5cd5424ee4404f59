"""`src` of one of several functions: a part of the `src` that they share."""
# Plain strings for paths: pathlib costs start-up time.
# ruff: noqa: PTH118

from __future__ import annotations

import os
from dataclasses import replace

from scfdeploy.config.fields import Reading
from scfdeploy.config.fields.reading import is_broken
from scfdeploy.config.yaml import Entry, MappingNode, ScalarNode, Style
from scfdeploy.config.yaml.core import is_null

_ARCHIVES = (".zip", ".jar", ".war")


def source_within(own: Entry, shared: Entry, reading: Reading) -> Entry:
    """The function's `src` with its path counted from the shared folder, and that folder's patterns if it has none.

    It stays as it is where either is no folder.
    """
    folder = _path_of(shared, reading)
    path = _path_of(own, reading)
    if folder is None or path is None or folder.text.lower().endswith(_ARCHIVES):
        return own
    joined = replace(path, text=os.path.join(folder.text, path.text))
    key = ScalarNode("src", Style.PLAIN, own.key.span)
    others = [entry for entry in own.value if entry.key.text != "src"] if isinstance(own.value, MappingNode) else []
    if isinstance(shared.value, MappingNode) and all(entry.key.text != "exclude" for entry in others):
        others += [entry for entry in shared.value if entry.key.text == "exclude"]
    return Entry(own.key, MappingNode((Entry(key, joined), *others), own.value.span))


def _path_of(entry: Entry, reading: Reading) -> ScalarNode | None:
    inner = entry.value.get("src") if isinstance(entry.value, MappingNode) else entry
    if inner is None or not isinstance(inner.value, ScalarNode):
        return None
    path = reading.resolve(inner.value)
    return path if isinstance(path, ScalarNode) and path.text and not is_broken(path) and not is_null(path) else None
