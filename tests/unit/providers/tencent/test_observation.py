"""A reading of the cloud that is started before its answer is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from threading import Event
from typing import Any

import pytest

from scfdeploy.model import Address
from scfdeploy.providers.base import CloudError, Query
from scfdeploy.providers.tencent.observe import Observation
from tests.support.answers import Answering, answering, failure
from tests.support.fake_clock import FakeClock

FUNCTIONS = tuple(Address.of_function("default", f"f{number}") for number in range(10))
LIST = {"Functions": [{"FunctionName": function.function} for function in FUNCTIONS], "TotalCount": len(FUNCTIONS)}


class Announced(Mapping[str, Any]):
    """An answer that tells when it was asked for."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        self.asked = Event()
        self._answer = answer

    def __getitem__(self, name: str) -> Any:
        return self._answer[name]

    def __iter__(self) -> Iterator[str]:
        self.asked.set()
        return iter(self._answer)

    def __len__(self) -> int:
        return len(self._answer)


def observation(cloud: Answering) -> Observation:
    query = Query(functions=FUNCTIONS, choose_unread=lambda observed: observed.entries)
    return Observation(cloud.client, FakeClock(), query, parallelism=2)


def test_list_is_asked_for_at_the_start_and_not_again() -> None:
    answer = Announced(LIST)
    with answering(ListFunctions=answer) as cloud:
        started = observation(cloud)
        started.start()
        assert answer.asked.wait(timeout=60)
        assert started.finish().unread == set(FUNCTIONS)
        assert cloud.calls == ["ListFunctions"]


def test_answer_is_the_same_without_a_start() -> None:
    with answering(ListFunctions=LIST) as cloud:
        started = observation(cloud)
        started.start()
        assert started.finish().entries == observation(cloud).finish().entries


def test_error_of_what_was_started_is_raised_where_the_answer_is_needed() -> None:
    with answering(ListFunctions=failure("UnauthorizedOperation")) as cloud:
        started = observation(cloud)
        started.start()
        with pytest.raises(CloudError, match="UnauthorizedOperation"):
            started.finish()
