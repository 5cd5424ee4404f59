"""Normalize the value of `component`."""

from __future__ import annotations

_VENDOR = "@serverless/"


def component_kind(name: str) -> str:
    """The kind without scope and version: `scf` for `scf@dev` or `@serverless/scf@1.0`."""
    return name.removeprefix(_VENDOR).partition("@")[0]


def legacy_component_kind(name: str) -> str:
    """The same for names in older files, such as `@serverless/tencent-scf@1.0`."""
    return component_kind(name).removeprefix("tencent-")
