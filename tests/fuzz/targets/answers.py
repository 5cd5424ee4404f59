"""Any answers of the cloud: a result or words, within so many calls; what `import` makes of them stays in its folder.

The first line says what is done. Each further one is the name of an action and the body of its next answer.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

import responses
from requests import PreparedRequest

from scfdeploy.apply import Status
from scfdeploy.apply.stop import Stop
from scfdeploy.config import LoadOptions
from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address, Project
from scfdeploy.operations.apply import ApplyHooks, apply
from scfdeploy.operations.import_.operation import ImportOptions, import_functions
from scfdeploy.operations.invoke import Call, invoke
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.operations.status import status, versions
from scfdeploy.plan import Policy, make_plan
from scfdeploy.plan.destroy import make_destroy_plan
from scfdeploy.providers.base import Query
from scfdeploy.providers.retry import RetryPolicy
from scfdeploy.providers.tencent import TencentProvider, open_provider
from scfdeploy.results import Findings, Planned
from tests.fuzz.promises import require, require_calm, require_told, scratch
from tests.support.builders import HELLO, bundle, bundles, function, project, trigger
from tests.support.cloud import PAIR, REGION, archive
from tests.support.fake_clock import FakeClock
from tests.support.project import TIMER, write_project

_URL = "http://cloud.test"
_NOTHING = b'{"Response": {"RequestId": "r-1"}}'
_MOST_CALLS = 400
_ONCE = RetryPolicy(retries=0, wait_s=10, first_poll_s=1, poll_floor_s=1)
_KEYS = {"TENCENTCLOUD_SECRET_ID": "AKIDlocal", "TENCENTCLOUD_SECRET_KEY": "local-secret"}
_RELEASE = """\
  memorySize: 256
  publish: true
  provisionedNum: 1
  aliasName: live
"""
WORDS = tuple(
    word.encode()
    for word in (
        *(
            "null",
            "true",
            "false",
            "[]",
            "{}",
            "-1",
            "1e999",
            "NaN",
            '""',
            '"\\ud800"',
            '"\\u001b[2J"',
            "[null]",
            '"\u00b2"',
        ),
        *(
            '{"Response": {',
            '"RequestId": "r"',
            '"Error": {"Code": "',
            '"TotalCount": ',
            '"Functions": [',
            '"Triggers": [',
        ),
        *('"Versions": [', '"Aliases": [', '"Tags": [{"Key": "scfdeploy:app", "Value": "shop"}', '"Status": "Active"'),
        *(
            '"FunctionName": "',
            '"TriggerDesc": "',
            '"Type": "',
            '"Environment": ',
            '"Variables": [',
            '"VpcConfig": ',
            '"Layers": [',
        ),
        *(
            "\nGetFunction ",
            "\nListTriggers ",
            "\nListFunctions ",
            "\nListAliases ",
            "\nListVersionByFunction ",
            "../../",
            "..\\",
        ),
        *(
            "\nGetFunctionAddress ",
            "\nGetLayerVersion ",
            "\nListLayerVersions ",
            "\nListNamespaces ",
            '"Url": "http://',
            "$LATEST",
        ),
        *(
            "\nGetProvisionedConcurrencyConfig ",
            "\nGetReservedConcurrencyConfig ",
            "\nGetFunctionEventInvokeConfig ",
            "9" * 60,
        ),
    )
)
LONGEST = 24576


def target(data: bytes) -> None:
    """Do what the first line says, with a cloud that answers so."""
    word, *lines = data.split(b"\n")
    cloud = _Cloud(lines)
    with cloud.answering():
        try:
            _DOES.get(word.decode("latin-1"), _plan)()
        except ScfDeployError as error:
            require_told(error)
    require(cloud.calls <= _MOST_CALLS, f"{cloud.calls} calls, and there would have been more")


class _Cloud:
    """Answers each action with its lines in turn, the last one for ever."""

    def __init__(self, lines: list[bytes]) -> None:
        self.calls = 0
        self._answers: dict[str, list[bytes]] = {}
        for line in lines:
            action, _, body = line.partition(b" ")
            self._answers.setdefault(action.decode("latin-1"), []).append(body)

    @contextmanager
    def answering(self) -> Iterator[None]:
        with responses.RequestsMock(assert_all_requests_are_fired=False) as network:
            network.add_callback(responses.POST, _URL, self._answer)
            network.add(responses.GET, re.compile(".*"), body=_code())
            yield

    def _answer(self, request: PreparedRequest) -> tuple[int, Mapping[str, str], bytes]:
        self.calls += 1
        bodies = self._answers.get(str(request.headers["X-TC-Action"]), [_NOTHING])
        body = bodies.pop(0) if len(bodies) > 1 else bodies[0]
        return 200, {"Content-Type": "application/json"}, body if self.calls <= _MOST_CALLS else _NOTHING


@cache
def _code() -> bytes:
    return archive()


def _plan() -> None:
    """Plan towards a project, and its end, with all that can be looked at."""
    own, provider = _project(), _provider()
    every = frozenset({HELLO})
    layers = (Address.of_layer("base"),)
    more = Query(
        (HELLO,),
        every,
        every,
        every,
        every,
        every,
        every,
        app="shop",
        stage="dev",
        layers=layers,
        namespaces=("other",),
    )
    for query in (more, Query((HELLO,), app="shop", stage="dev", unlisted_layers=True, mounts=True)):
        observed = provider.observe(query)
        for policy in (Policy(), Policy(adopt=True, prune=True, keep=1)):
            plan = make_plan(own, bundles(bundle(own.functions[0])), observed, policy)
            require_calm(Planned(Findings(), True, plan))
        require_calm(Planned(Findings(), True, make_destroy_plan(own, observed, Policy())))


def _status() -> None:
    require_calm(status(_request(), _cloud()))


def _versions() -> None:
    require_calm(versions(_request(), _cloud(), "hello"))


def _apply() -> None:
    nobody = ApplyHooks(confirm=lambda _plan, _where: None, listener=lambda _: None, stop=Stop())
    applied = apply(_request(), _cloud(), Policy(adopt=True, prune=True), nobody)
    require_calm(applied)
    succeeded = all(outcome.status is Status.SUCCEEDED for outcome in applied.outcomes)
    require(applied.ok == (succeeded and not applied.plan.rejected if applied.plan else False), "a wrong verdict")


def _invoke() -> None:
    require_calm(invoke(_request(), _cloud(), Call("hello", "{}")))


def _import(*, code: bool) -> None:
    root = scratch("answers")
    out = root / "out"
    shutil.rmtree(out, ignore_errors=True)
    wanted = ImportOptions((HELLO, Address.of_function("default", "other")) if code else (HELLO,), str(out), code=code)
    options = LoadOptions(cwd=str(root), region=REGION, environ=_KEYS)
    require_calm(import_functions(Request(str(out), options), _cloud(), wanted))
    require({one.name for one in root.iterdir()} <= {"src", "out", "project"}, "something lies beside the folder")
    for path in out.rglob("*"):
        require(not path.is_symlink() and path.resolve().is_relative_to(out), f"{path} leads out of the folder")
    for secrets in out.rglob(".env"):
        require(secrets.stat().st_mode & 0o77 == 0, "secrets that others can read")


_DOES: Mapping[str, Callable[[], None]] = {
    "plan": _plan,
    "status": _status,
    "versions": _versions,
    "apply": _apply,
    "invoke": _invoke,
    "import": partial(_import, code=False),
    "import code": partial(_import, code=True),
}


@cache
def _provider() -> TencentProvider:
    return open_provider(REGION, credentials=PAIR, endpoint=_URL, clock=FakeClock(), policy=_ONCE, parallelism=2)


def _cloud() -> CloudOptions:
    return CloudOptions(endpoint=_URL, parallelism=2, retry=_ONCE, clock=FakeClock())


@cache
def _project() -> Project:
    return project(function("hello", trigger(), memorySize=256, publish=True, reservedConcurrencyMem=128, msgTTL=60))


@cache
def _folder() -> Path:
    return write_project(scratch("answers") / "project", _RELEASE + TIMER)


def _request() -> Request:
    return Request(str(_folder()), LoadOptions(cwd=str(_folder()), environ=_KEYS))
