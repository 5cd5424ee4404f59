from __future__ import annotations

from dataclasses import replace

import pytest

from scfdeploy.model import Ref, Secret, Value
from scfdeploy.plan import Action, Change, FieldChange
from scfdeploy.report.text import render_text
from scfdeploy.report.values import change_text, value_text
from scfdeploy.results import Findings, Planned
from tests.support.results import HELLO, MEMORY_STEP, PLAN, REFUSED

WHOLE = """\
  + trigger/default/hello/timer/nightly (not there yet)
      cronExpression: "0 0 2 * * * *"
      enable: true

-/+ function/default/hello (the runtime cannot be changed in place)
      runtime: "Python3.9" -> "Python3.10"  # forces replacement
      memorySize: 128 -> 256
      description: (not set) -> "Says hello"
      initTimeout: 30 -> (removed)
      environment.variables.API_KEY: (sensitive) -> (sensitive)
      layers[0].version: 1 -> (known after apply)
      src: 1.2 MB (ab12cd34) -> 1.3 MB (99887766)
      warning: the versions of the function are lost

  - function/default/old (no longer in serverless.yml)

  trigger/default/hello/timer/manual: made by hand; left alone without --prune

Plan: 1 to create, 1 to replace, 1 to delete; 1 unchanged.
"""


def test_plan_shows_each_change_with_reason_and_fields() -> None:
    assert render_text(Planned(Findings(), True, PLAN), color=False, width=80) == WHOLE


def test_colour_does_not_change_text() -> None:
    import re

    coloured = render_text(Planned(Findings(), True, PLAN), color=True, width=80)
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == WHOLE


def test_nothing_to_do_is_one_line() -> None:
    unchanged = replace(PLAN, changes=PLAN.changes[3:], unmanaged=())
    assert render_text(Planned(Findings(), True, unchanged), color=False, width=80) == (
        "Nothing to do: shop (stage dev, ap-guangzhou) matches serverless.yml.\n"
    )


def test_rejected_change_shows_reason_and_hint() -> None:
    assert render_text(Planned(Findings(), False, REFUSED), color=False, width=80) == (
        "  ! function/default/hello\n"
        "      refused: it belongs to project blog (dev) [foreign-owner]\n"
        "      hint: Give the function another name.\n"
        "\n"
        "This plan cannot be applied: 1 change refused.\n"
    )


def test_missing_plan_renders_nothing() -> None:
    text = render_text(Planned(Findings([MEMORY_STEP]), False, None), color=False, width=80)
    assert text.endswith("1 error in serverless.yml.\n")


def test_only_replacement_shows_forcing_fields() -> None:
    fields = (FieldChange("runtime", None, "Python3.10", forces_replace=True),)
    created = replace(PLAN, changes=(Change(HELLO, Action.CREATE, "new", fields),))
    assert "forces" not in render_text(Planned(Findings(), True, created), color=False, width=80)


def test_secrets_and_control_characters_are_not_shown() -> None:
    fields = (
        FieldChange("environment.variables.A", None, Secret("hidden")),
        FieldChange("environment.variables.B", "hidden", "hidden2", sensitive=True),
        FieldChange("x\x1b", "\x1b[2J", {"k\x1b": [Secret("hidden"), "\x1b"]}),
    )
    change = Change(HELLO, Action.UPDATE, "\x1b[1mbold", fields, warnings=("\x1bc",))
    text = render_text(Planned(Findings(), True, replace(PLAN, changes=(change,))), color=False, width=80)

    assert "hidden" not in text
    assert "\x1b" not in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (1.5, "1.5"),
        ("中\n", '"中\\n"'),
        (Ref(HELLO, "url"), "(known after apply)"),
        ({"a": [1, "x"], "b": {}}, '{a: [1, "x"], b: {}}'),
    ],
)
def test_values_are_short_and_on_one_line(value: Value, text: str) -> None:
    assert value_text(value) == text


def test_long_values_are_cut_near_their_difference() -> None:
    before, after = "same " * 40 + "old", "same " * 40 + "new"
    text = change_text(FieldChange("description", before, after), 80)

    assert len(text) < 90
    assert 'old" -> …' in text
    assert text.endswith('new"')


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ({"sha256": "ab12cd34ef", "size": 2048}, "2.0 KB (ab12cd34)"),
        ({"sha256": "ab12cd34ef"}, "(ab12cd34)"),
        ({"bucket": "code", "object": "/app.zip"}, "code/app.zip"),
    ],
)
def test_code_shows_size_and_hash_or_object(code: Value, text: str) -> None:
    assert change_text(FieldChange("src", None, code), 80) == text
