"""What a file calls its component, in one form."""

from __future__ import annotations

_VENDOR = "@serverless/"


def kind_word(written: str) -> str:
    """`scf` of `scf@dev` and of `@serverless/scf@1.0`: without the vendor's scope, and without a version."""
    return written.removeprefix(_VENDOR).partition("@")[0]
