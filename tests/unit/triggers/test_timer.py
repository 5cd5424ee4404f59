import pytest

from scfdeploy.triggers import CloudTrigger, trigger_type
from scfdeploy.triggers.timer import TimerTrigger

TIMER = TimerTrigger()


def test_is_found_by_its_type() -> None:
    assert isinstance(trigger_type("timer"), TimerTrigger)
    assert trigger_type("cron") is None


def test_a_written_name_wins_over_the_default() -> None:
    assert TIMER.name({"name": "nightly"}, "timer-demo-dev") == "nightly"
    assert TIMER.name({}, "timer-demo-dev") == "timer-demo-dev"


def test_the_expression_goes_out_bare() -> None:
    sent = TIMER.to_cloud("tick", {"cronExpression": "*/5 * * * * * *", "enable": False, "argument": "go"})
    assert sent == CloudTrigger("tick", "*/5 * * * * * *", "$DEFAULT", enabled=False, argument="go")


def test_unwritten_switch_and_argument_are_not_sent() -> None:
    sent = TIMER.to_cloud("tick", {"cronExpression": "0 0 2 * * * *", "qualifier": "$LATEST"})
    assert (sent.enabled, sent.argument, sent.qualifier) == (None, None, "$LATEST")


@pytest.mark.parametrize("shown", ['{"cron":"0 0 2 * * * *"}', "0 0 2 * * * *", "0 0  2 * * * * "])
def test_both_forms_are_read_back(shown: str) -> None:
    read = TIMER.from_cloud(CloudTrigger("tick", shown, "$LATEST", enabled=True))
    assert read == {"cronExpression": "0 0 2 * * * *", "argument": "", "qualifier": "$LATEST", "enable": True}


@pytest.mark.parametrize("shown", ["{", '{"other": 1}', "[]", "{" * 100_000])
def test_text_that_is_no_timer_is_read_without_complaint(shown: str) -> None:
    assert "cronExpression" in TIMER.from_cloud(CloudTrigger("tick", shown, "$LATEST"))
