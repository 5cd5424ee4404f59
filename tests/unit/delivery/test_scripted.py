"""Scripted outcomes of batches."""

from __future__ import annotations

import pytest

from scfdeploy.delivery.scripted import AfterFailure, ScriptedHandler
from scfdeploy.delivery.trace import Attempt


def test_handler_stops_at_the_first_item_that_fails() -> None:
    handler = ScriptedHandler({3: [430], 5: [433]}, duration_ms=7)

    assert handler((1, 2, 3, 4, 5), 0, 0) == Attempt(430, 7, (1, 2), (3, 4, 5))


def test_handler_continues_after_an_item_that_fails() -> None:
    handler = ScriptedHandler({3: [430], 5: [443]}, after_failure=AfterFailure.CONTINUE)

    assert handler((1, 2, 3, 4, 5), 0, 0) == Attempt(430, 0, (1, 2, 4), (3, 5))


def test_outcome_belongs_to_the_delivery_of_the_item_and_the_last_repeats() -> None:
    handler = ScriptedHandler({1: [430, 200], 2: [430, 433, 200]})

    statuses = [handler((1, 2), tries, 0).status for tries in range(4)]

    assert statuses == [430, 433, 200, 200]


def test_default_applies_to_items_without_outcomes() -> None:
    handler = ScriptedHandler({1: [200]}, default=[500, 200])

    assert handler((1, 2), 0, 0) == Attempt(500, 0, (1,), ())
    assert handler((2,), 0, 0) == Attempt(200, 0, (2,))


def test_calls_that_the_platform_ends_report_no_failed_items() -> None:
    assert ScriptedHandler({2: [433]})((1, 2), 0, 0) == Attempt(433, 0, (1,), ())


def test_empty_list_of_outcomes_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one status"):
        ScriptedHandler({1: []})
