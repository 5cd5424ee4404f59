"""Find the smallest set of faults after which a command prints another state than after a run without faults."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.operations.simulate.faults import KINDS, Fault, FaultPlan, ListedFaults, NoFaults, SeededFaults
from scfdeploy.results.simulation import SmallestFaultPlan

MAX_ITEMS = 1000
"""The most events, messages or records of a check: each run calls the function with all of them."""
_ATTEMPTS = 3
_SEEDED_PLANS = 3
_DEFAULT_SEED = 1
_TIMEOUT_S = 60.0
_LARGEST_STATE = 1_000_000


class IdempotencyCheck:
    """Compares states after runs with and without faults."""

    def __init__(self, run: Callable[[FaultPlan], None], read_state: Callable[[], str]) -> None:
        """`run` simulates the scenario with faults. `read_state` prints the state, and may reset it."""
        self._run = run
        self._read_state = read_state
        self._runs = 0
        self._expected = ""
        self._actual = ""

    def find(self, items: int, item_word: str, *, seed: int | None) -> SmallestFaultPlan:
        """The smallest faults that make a difference, if any do."""
        self._read_state()
        self._run(NoFaults())
        self._expected = self._read_state()
        for plan in _plans(items, seed):
            if self._differs(plan):
                faults = minimise(plan, self._differs)
                actual = self._actual if self._differs(faults) else ""
                texts = [fault.text(item_word) for fault in faults]
                return SmallestFaultPlan(self._runs, texts, self._expected, actual)
        return SmallestFaultPlan(self._runs, (), self._expected)

    def _differs(self, faults: Sequence[Fault]) -> bool:
        self._runs += 1
        self._run(ListedFaults(faults))
        self._actual = self._read_state()
        return self._actual != self._expected


def minimise(faults: Sequence[Fault], differs: Callable[[Sequence[Fault]], bool]) -> list[Fault]:
    """Delta debugging: a subset that makes a difference, of which no single fault can be left out."""
    current = list(faults)
    parts = 2
    while len(current) > 1:
        size = -(-len(current) // parts)
        chunks = [current[at : at + size] for at in range(0, len(current), size)]
        smaller = next((chunk for chunk in chunks if differs(chunk)), None)
        if smaller is not None:
            current, parts = smaller, 2
            continue
        rests = ([fault for fault in current if fault not in chunk] for chunk in chunks)
        rest = next((rest for rest in rests if len(chunks) > 2 and differs(rest)), None)
        if rest is not None:
            current, parts = rest, max(2, parts - 1)
        elif size == 1:
            break
        else:
            parts = min(len(current), 2 * parts)
    return current


def read_state_of(command: str, *, folder: str, environment: Mapping[str, str]) -> str:
    """What a command prints. Raises ScfDeployError if it fails or prints too much."""
    from scfdeploy.packager.command import describe_end, run_command

    lines: list[str] = []
    size = 0

    def add(line: str) -> None:
        nonlocal size
        size += len(line)
        if size <= _LARGEST_STATE:
            lines.append(line)

    try:
        ended = run_command(command, folder=folder, environment=environment, on_output=add, timeout_s=_TIMEOUT_S)
    except OSError as error:
        raise _command_error(command, error.strerror or str(error)) from error
    if ended.timed_out or ended.code:
        last = f": {lines[-1]}" if lines else ""
        raise _command_error(command, message("it {end}", end=describe_end(ended, _TIMEOUT_S)) + last)
    if size > _LARGEST_STATE:
        raise _command_error(command, message("it prints more than {limit} characters", limit=f"{_LARGEST_STATE:,}"))
    return "\n".join(lines)


def _command_error(command: str, reason: str) -> ScfDeployError:
    return ScfDeployError(
        message("the command of --idempotent failed: {reason}", reason=reason),
        hint=message("It runs in the current folder and prints the state: {command}", command=command),
    )


def _plans(items: int, seed: int | None) -> list[list[Fault]]:
    """First each kind of fault at the first attempt of every item, then plans of a generator."""
    numbers = range(1, items + 1)
    plans = [[Fault(item, 1, status, runs_first) for item in numbers] for status, runs_first in KINDS if runs_first]
    first_seed = _DEFAULT_SEED if seed is None else seed
    for offset in range(_SEEDED_PLANS):
        generator = SeededFaults(first_seed + offset)
        found = (generator.find(item, attempt) for item in numbers for attempt in range(1, _ATTEMPTS + 1))
        plans.append([fault for fault in found if fault is not None])
    return [plan for plan in plans if plan]
