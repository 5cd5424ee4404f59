"""Waits for versions of layers before a function uses them."""

from __future__ import annotations

from typing import Any

import pytest

from scfdeploy.providers.base import CloudError, Readiness, Step
from scfdeploy.providers.tencent.resources.layers import LayerStates
from tests.support.answers import Answering, answering, failure

LAYERS = ({"name": "base", "version": 2},)


def readiness_in(cloud: Answering) -> Readiness:
    (step,) = LayerStates(cloud.client).wait_steps(LAYERS)
    return readiness_of(step)


def readiness_of(step: Step) -> Readiness:
    assert step.poll_immediately
    assert step.before_refresh
    assert step.readiness is not None
    return step.readiness()


@pytest.mark.parametrize(
    ("response", "readiness"),
    [
        ({"Status": "Active"}, Readiness.READY),
        ({"Status": "Publishing"}, Readiness.PENDING),
        ({}, Readiness.PENDING),
        (failure("ResourceNotFound.LayerVersion"), Readiness.READY),
        (failure("UnauthorizedOperation"), Readiness.READY),
        (failure("AuthFailure.UnauthorizedOperation"), Readiness.READY),
    ],
    ids=["active", "publishing", "no status", "missing", "unauthorized", "authentication failure"],
)
def test_layer_version_readiness(response: dict[str, Any], readiness: Readiness) -> None:
    with answering(GetLayerVersion=response) as cloud:
        assert readiness_in(cloud) is readiness


def test_failed_layer_version_is_an_error() -> None:
    failed = {"Status": "PublishFailed"}
    with answering(GetLayerVersion=failed) as cloud, pytest.raises(CloudError, match="version 2 is PublishFailed"):
        readiness_in(cloud)


def test_ready_layer_version_is_read_once() -> None:
    with answering(GetLayerVersion={"Status": "Active"}) as cloud:
        states = LayerStates(cloud.client)
        assert states.readiness("base", 2) is Readiness.READY
        assert [readiness_of(step) for step in (*states.wait_steps(LAYERS), *states.wait_steps(LAYERS))] == [
            Readiness.READY
        ] * 2
        assert cloud.calls == ["GetLayerVersion"]
        assert states.readiness("base", 3) is Readiness.READY
        assert len(cloud.calls) == 2


def test_no_layers_need_no_wait() -> None:
    with answering() as cloud:
        states = LayerStates(cloud.client)
        assert states.wait_steps(None) == states.wait_steps(()) == ()
