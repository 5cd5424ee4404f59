"""Every target of tests/fuzz over its seeds, past crashes among them, and over inputs made of them by chance."""

from __future__ import annotations

import time

import pytest

from tests.fuzz.mutations import mutations
from tests.fuzz.registry import Target, load, names, seeds_of
from tests.support.measured import measure
from tests.support.sampling import sample_size

_NUMBER = sample_size(60)
# Nothing takes a hundredth of it; a machine that runs many things at once may be slow.
_LONGEST_S = 10.0


def _try(target: Target, content: bytes) -> None:
    measure("fuzzed inputs", tried=1)
    began = time.process_time()
    target.run(content)
    assert time.process_time() - began < _LONGEST_S


@pytest.mark.parametrize(("name", "seed"), [(name, seed) for name in names() for seed in sorted(seeds_of(name))])
def test_seeds_and_past_crashes_keep_every_promise(name: str, seed: str) -> None:
    _try(load(name), seeds_of(name)[seed])


@pytest.mark.parametrize("name", names())
def test_mutated_seeds_keep_every_promise(name: str) -> None:
    target = load(name)
    seeds = list(seeds_of(name).values())
    for number, content in enumerate(mutations(seeds, target.words, number=_NUMBER, seed=name)):
        try:
            _try(target, content[: target.longest])
        except Exception as error:
            raise AssertionError(f"mutation {number} of {name}: {content!r}") from error
