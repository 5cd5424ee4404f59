"""What a file calls its component, in one form."""

from __future__ import annotations

_VENDOR = "@serverless/"


def kind_word(written: str) -> str:
    """`scf` of `scf@dev` and of `@serverless/scf@1.0`: without the vendor's scope, and without a version."""
    return written.removeprefix(_VENDOR).partition("@")[0]


def older_kind_word(written: str) -> str:
    """`scf` of `@serverless/tencent-scf@1.0`, as older files have it, and all that `kind_word` understands."""
    return kind_word(written).removeprefix("tencent-")
