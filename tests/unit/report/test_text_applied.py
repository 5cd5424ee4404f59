from __future__ import annotations

from dataclasses import replace

import pytest

from scfdeploy.report.text import render_text
from scfdeploy.results import Applied, Findings
from tests.support.results import MEMORY_STEP, OUTCOMES, PLAN, REFUSED

NONE = Findings()


def rendered(result: Applied) -> str:
    return render_text(result, color=False, width=80)


def test_success_ends_with_outputs_and_one_line() -> None:
    outputs = {"api": {"url": "https://x.example", "name": "hello"}}
    assert rendered(Applied("apply", NONE, True, PLAN, OUTCOMES[:1], outputs)) == (
        "  + function/default/hello: created in 2.1 s\n"
        "\n"
        "Outputs:\n"
        "  api  url = https://x.example\n"
        "\n"
        "Done: 1 created; 1 unchanged.\n"
    )


def test_partial_apply_shows_failures_skips_and_advice() -> None:
    assert rendered(Applied("apply", NONE, False, PLAN, OUTCOMES)) == (
        "  + function/default/hello: created in 2.1 s\n"
        "  ! function/default/old: delete failed\n"
        "      ResourceInUse: The function is being used.\n"
        "      request id req-3; retryable\n"
        "  . trigger/default/hello/timer/nightly: skipped: waits for function/default/old, which failed\n"
        "\n"
        "Partly applied: 1 created, 1 failed, 1 skipped; 1 unchanged.\n"
        "Successful changes are kept. Run apply again to make the remaining changes.\n"
    )


def test_partial_destroy_is_named() -> None:
    assert "\nPartly destroyed: 1 created, 1 failed" in rendered(Applied("destroy", NONE, False, PLAN, OUTCOMES))


def test_interrupted_run_is_named() -> None:
    text = rendered(Applied("destroy", NONE, False, PLAN, OUTCOMES, interrupted=True))
    assert "Interrupted: 1 created, 1 failed, 1 skipped" in text
    assert text.endswith("Run destroy again to make the remaining changes.\n")


def test_total_failure_claims_no_successful_change() -> None:
    text = rendered(Applied("apply", NONE, False, None, OUTCOMES[1:2]))
    assert text.endswith(
        "Failed: 1 failed.\nNo change was confirmed; some resources may exist. Fix the cause and run apply again.\n"
    )


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("apply", "Nothing to do: 1 resource unchanged, matching serverless.yml.\n"),
        ("destroy", "Nothing to do: the project owns no resources in the cloud.\n"),
    ],
)
def test_nothing_to_do(command: str, line: str) -> None:
    unchanged = replace(PLAN, changes=PLAN.changes[3:], unmanaged=())
    assert rendered(Applied(command, NONE, True, unchanged)) == line


def test_rejected_plan_is_shown_instead_of_outcomes() -> None:
    assert "refused: it belongs to" in rendered(Applied("apply", NONE, False, REFUSED))


def test_configuration_errors_render_no_result() -> None:
    assert rendered(Applied("apply", Findings([MEMORY_STEP]), False, None)).endswith("1 error in serverless.yml.\n")
