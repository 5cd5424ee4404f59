"""Addresses as text: read as they are written, or not at all."""

from __future__ import annotations

import re

import pytest

from scfdeploy.model import Address


@pytest.mark.parametrize(
    "text",
    ["function/default/hello", "trigger/default/hello/cos/a/b/", "layer/base/3", "namespace/a", "concurrency/a/b/1"],
)
def test_an_address_is_read_as_it_is_written(text: str) -> None:
    assert str(Address.parse(text)) == text


@pytest.mark.parametrize("text", ["", "function", "function//hello", "function/default/", "layer/base/²", "namespace/"])
def test_address_parse_rejects_invalid_text(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        Address.parse(text)
