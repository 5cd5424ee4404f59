"""The outputs of each instance."""

from __future__ import annotations

from scfdeploy.apply import Outcome, Status
from scfdeploy.model import FunctionSpec
from scfdeploy.operations.outputs import outputs
from scfdeploy.plan import Action
from tests.support.builders import cloud, function, project
from tests.support.counted_calls import count_calls


def functions_and_outcomes(number: int) -> tuple[list[FunctionSpec], list[Outcome]]:
    functions = [function(f"f{place}") for place in range(number)]
    outcomes = [Outcome(spec.address, Action.CREATE, Status.SUCCEEDED) for spec in functions]
    for spec in functions:
        urls = {"urls": (f"https://{spec.address.function}",)}
        trigger = spec.address.trigger("http", "url")
        outcomes.append(Outcome(trigger, Action.CREATE, Status.SUCCEEDED, outputs=urls))
    return functions, outcomes


def test_url_of_a_new_trigger_is_that_of_its_function() -> None:
    functions, outcomes = functions_and_outcomes(1)
    (block,) = outputs(project(*functions), cloud(), outcomes).values()
    assert block["url"] == "https://f0"


def calls_of_outputs(number: int) -> int:
    functions, outcomes = functions_and_outcomes(number)
    written = project(*functions)
    return count_calls(lambda: outputs(written, cloud(), outcomes))


def test_work_grows_no_faster_than_the_number_of_functions() -> None:
    assert calls_of_outputs(400) < 6 * calls_of_outputs(100)
