"""The texts that users see: placeholders and translation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scfdeploy.diagnostics import message
from scfdeploy.diagnostics.messages import use_translation


@pytest.fixture
def german() -> Iterator[None]:
    use_translation({"{count} functions": "{count} Funktionen"}.__getitem__)
    yield
    use_translation(None)


def test_message_inserts_values_by_name() -> None:
    assert message("{count} of {most} functions", count=3, most=50) == "3 of 50 functions"


def test_message_keeps_braces_that_name_no_value() -> None:
    assert (
        message("Write ${env:NAME} or {} for {name}.", name="${x} {name}") == "Write ${env:NAME} or {} for ${x} {name}."
    )


def test_message_inserts_none_as_empty_text() -> None:
    assert message("{first}{second}", first="a", second=None) == "a"


@pytest.mark.usefixtures("german")
def test_message_is_translated_before_values_are_inserted() -> None:
    assert message("{count} functions", count=3) == "3 Funktionen"
