"""A function gets a layer's version only when that is ready; what can be known without asking is not asked."""

from __future__ import annotations

from typing import Any

import pytest

from scfdeploy.model import Value
from scfdeploy.providers.base import CloudError, Readiness, Step
from scfdeploy.providers.tencent.resources.layer_waiter import LayerStates
from tests.support.answers import Answering, answering, failure

LAYERS = ({"name": "base", "version": 2},)


def looked(cloud: Answering, layers: Value = LAYERS) -> Readiness:
    (step,) = LayerStates(cloud.client).wait(layers)
    return ready(step)


def ready(step: Step) -> Readiness:
    assert step.poll_immediately
    assert step.before_refresh
    assert step.readiness is not None
    return step.readiness()


@pytest.mark.parametrize(
    ("told", "readiness"),
    [
        ({"Status": "Active"}, Readiness.READY),
        ({"Status": "Publishing"}, Readiness.PENDING),
        ({}, Readiness.PENDING),
        (failure("ResourceNotFound.LayerVersion"), Readiness.READY),
        (failure("UnauthorizedOperation"), Readiness.READY),
        (failure("AuthFailure.UnauthorizedOperation"), Readiness.READY),
    ],
    ids=["ready", "on its way", "says nothing", "not there", "not allowed", "not allowed, in other words"],
)
def test_it_is_waited_for_while_it_may_become_ready(told: dict[str, Any], readiness: Readiness) -> None:
    with answering(GetLayerVersion=told) as cloud:
        assert looked(cloud) is readiness


def test_failed_one_is_reported() -> None:
    failed = {"Status": "PublishFailed"}
    with answering(GetLayerVersion=failed) as cloud, pytest.raises(CloudError, match="version 2 is PublishFailed"):
        looked(cloud)


def test_one_that_is_ready_is_not_asked_for_again() -> None:
    with answering(GetLayerVersion={"Status": "Active"}) as cloud:
        states = LayerStates(cloud.client)
        assert states.readiness("base", 2) is Readiness.READY
        assert [ready(step) for step in (*states.wait(LAYERS), *states.wait(LAYERS))] == [Readiness.READY] * 2
        assert cloud.calls == ["GetLayerVersion"]
        assert states.readiness("base", 3) is Readiness.READY
        assert len(cloud.calls) == 2


def test_without_layers_there_is_nothing_to_wait_for() -> None:
    with answering() as cloud:
        states = LayerStates(cloud.client)
        assert states.wait(None) == states.wait(()) == ()
