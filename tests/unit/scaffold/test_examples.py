"""The examples as they lie there; that they deploy is shown by the functional tests."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from scfdeploy.model import FUNCTION_FIELDS
from scfdeploy.triggers import trigger_type

EXAMPLES = Path(__file__).parents[3] / "examples"
NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/serverless.yml"))


def inputs(name: str) -> dict[str, Any]:
    text = (EXAMPLES / name / "serverless.yml").read_text("utf-8")
    return YAML(typ="safe").load(io.StringIO(text))["inputs"]


def test_examples_cover_each_kind() -> None:
    assert set(NAMES) >= {"python-event", "nodejs-event", "python-web", "orders"}


@pytest.mark.parametrize("name", NAMES)
def test_example_uses_supported_keys_and_has_description(name: str) -> None:
    found = inputs(name)

    assert set(found) <= {field.name for field in FUNCTION_FIELDS if field.supported}
    assert (EXAMPLES / name / "README.md").read_text("utf-8").startswith(f"# {name}\n")


@pytest.mark.parametrize("name", NAMES)
def test_timers_of_examples_are_enabled(name: str) -> None:
    for event in inputs(name).get("events", []):
        ((kind, body),) = event.items()
        known = trigger_type(kind)
        assert known is not None
        fields = {field.name for field in known.fields}
        assert set(body["parameters"]) <= fields
        assert body["parameters"].get("enable") is (True if "enable" in fields else None)


def test_orders_example_covers_remaining_features() -> None:
    found = inputs("orders")
    assert {"deadLetter", "tags", "environment", "msgTTL", "retryNum"} <= set(found)
    assert [list(event) for event in found["events"]] == [["timer"], ["timer"]]
