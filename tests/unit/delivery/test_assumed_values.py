"""Values that no source gives: the table says so, and a report can name them."""

from __future__ import annotations

import pytest

from scfdeploy.delivery.platform import AsyncPlatform
from scfdeploy.delivery.profiles import function_compute, functiongraph, lambda_async, scf
from scfdeploy.facts.loader import rows
from scfdeploy.operations.simulate.assumptions import in_words


@pytest.mark.parametrize(
    "platform",
    [scf.PLATFORM, functiongraph.PLATFORM, function_compute.PLATFORM, lambda_async.PLATFORM],
    ids=lambda platform: platform.name,
)
def test_assumptions_of_a_platform_are_assumed_values_with_a_text(platform: AsyncPlatform) -> None:
    assumed = {f"{row['profile']}.{row['name']}" for row in rows("delivery") if row["basis"] == "assumed"}
    names = {name for names in platform.assumptions.values() for name in names}
    assert names
    assert names <= assumed
    assert not names & set(in_words(names))
