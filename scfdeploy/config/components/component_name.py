"""Normalize the value of `component`."""

from __future__ import annotations

_VENDOR = "@serverless/"


def component_kind(written: str) -> str:
    """`scf` of `scf@dev` and of `@serverless/scf@1.0`: without the vendor's scope, and without a version."""
    return written.removeprefix(_VENDOR).partition("@")[0]


def legacy_component_kind(written: str) -> str:
    """`scf` of `@serverless/tencent-scf@1.0`, as older files have it, and all that `component_kind` understands."""
    return component_kind(written).removeprefix("tencent-")
