"""What holds for all tests: generated examples are the same in every run, unless new ones are asked for.

`SCFDEPLOY_EXPLORE=1 make test` looks at other examples than the last run did. A usual run tries a fair sample, and
`make soak` all (`tests/support/sampling.py`); `SCFDEPLOY_SCENARIOS` is the number for a test that sets none itself.
"""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from scfdeploy.providers.clock import SystemClock
from tests.support.sampling import sample_size

pytest_plugins = ["tests.support.counts", "tests.support.worker_processes"]
_really_sleep = SystemClock.sleep

# No test here is about time, and machines that run many things at once are slow now and then.
untimed = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=int(os.environ.get("SCFDEPLOY_SCENARIOS", sample_size(100))),
)
settings.register_profile("repeated", untimed, derandomize=True)
settings.register_profile("explored", untimed, derandomize=False)
settings.load_profile("explored" if os.environ.get("SCFDEPLOY_EXPLORE") else "repeated")

# Programs that tests start on terminals of their own speak English, as everything else does here.
os.environ.pop("SCFDEPLOY_LANG", None)
if any(os.environ.get(name, "").startswith("zh") for name in ("LC_ALL", "LC_MESSAGES", "LANG")):
    os.environ["LC_ALL"] = "C.UTF-8"

# Programs that tests start need not be compiled anew each time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# pytest-xdist sets it in each worker, and commands would wrap their output by it.
os.environ.pop("COLUMNS", None)


@pytest.fixture(scope="session", autouse=True)
def nobody_waits_for_real() -> Iterator[None]:
    """No test waits for the local server: a command that runs in this process gets a clock that need not wait."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SystemClock, "sleep", _refuse)
        yield


@pytest.fixture(autouse=True)
def but_who_says_what_for(request: pytest.FixtureRequest) -> None:
    """A test marked `waits` may wait."""
    mark = request.node.get_closest_marker("waits")
    if mark is not None:
        assert mark.args, "say what it waits for"
        # Most tests need no such fixture, and making it takes longer than many of them.
        request.getfixturevalue("monkeypatch").setattr(SystemClock, "sleep", _really_sleep)


@pytest.fixture(scope="module", autouse=True)
def few_files_stay_open() -> Iterator[None]:
    """Connections of commands that ran in this process end, as at the end of a process, before there are too many."""
    yield
    descriptors = Path("/dev/fd")
    if descriptors.exists() and len(os.listdir(descriptors)) > 300:  # noqa: PTH208 - the links may be gone by then
        gc.collect()


def _refuse(_clock: SystemClock, seconds: float) -> None:
    if seconds > 0:
        pytest.fail(
            f"a test would wait {seconds:.3f} s by the machine's clock: pass a clock, ServerClock or FakeClock of "
            "tests/support, or mark the test `waits` and say what for"
        )
