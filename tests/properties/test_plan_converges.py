"""Whatever is wanted and whatever exists: after a plan is applied, there is nothing left to do."""

import json
from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from scfdeploy.model import Address, Bundle, FunctionSpec, Observed, Owner, Resource, TriggerSpec, Value, seal
from scfdeploy.model.resource_kind import ALIAS, FUNCTION
from scfdeploy.plan import Action, Change, Plan, Policy, make_plan
from scfdeploy.plan.destroy import make_destroy_plan
from scfdeploy.plan.document import as_document
from tests.support.builders import (
    NEIGHBOUR,
    OWNER,
    bundle,
    bundles,
    cloud,
    deployed,
    deployed_trigger,
    function,
    project,
    trigger,
)
from tests.support.simulation import applied

MARKER = "s3cr3t-marker"
_WORD = st.sampled_from(["a", "b", "zz", "1", "0123"])
_VARIABLES = st.dictionaries(st.sampled_from(["LANG", "MODE", "API_KEY", "DB_PASSWORD"]), _WORD, max_size=3)
_PAIR = st.sampled_from(["x-1", "x-2"])


def _block(first: str, second: str) -> st.SearchStrategy[Mapping[str, Value]]:
    return st.just({}) | st.fixed_dictionaries({first: _PAIR, second: _PAIR})


_OPTIONAL: dict[str, st.SearchStrategy[Value]] = {
    "description": st.sampled_from(["", "one", "two"]),
    "memorySize": st.sampled_from([64, 128, "128", 256]),
    "timeout": st.integers(1, 5),
    "initTimeout": st.integers(60, 66),
    "role": st.sampled_from(["", "r1", "r2"]),
    "publicAccess": st.booleans(),
    "eip": st.booleans(),
    "environment": _VARIABLES.map(lambda found: {"variables": seal(found)}) | st.just({}),
    "tags": st.dictionaries(st.sampled_from(["team", "cost"]), _WORD | st.just("")),
    "vpcConfig": _block("vpcId", "subnetId"),
    "cls": _block("logsetId", "topicId"),
    "deadLetter": _block("type", "name"),
    "layers": st.lists(st.fixed_dictionaries({"name": _PAIR, "version": st.integers(1, 2)}), max_size=2).map(tuple),
    "asyncRunEnable": st.booleans(),
    "traceEnable": st.booleans(),
    "msgTTL": st.sampled_from([60, 21600]),
    "retryNum": st.integers(0, 2),
    "runtime": st.sampled_from(["Python3.9", "Python3.10"]),
    "type": st.sampled_from(["event", "web"]),
}
_WEIGHTS = st.sampled_from([(), ({"version": "1", "weight": 0.5},), ({"version": 2, "weight": 0},)])
_RELEASE = st.just({}) | st.fixed_dictionaries(
    {"publish": st.just(True)},
    optional={
        "traffic": st.sampled_from([0, 0.25, 1]),
        "lastVersion": st.sampled_from(["1", "2"]),
        "aliasName": st.sampled_from(["prod", "test"]),
        "aliasDescription": st.sampled_from(["", "one"]),
        "aliasFunctionVersion": st.sampled_from(["1", "2", "$LATEST"]),
        "additionalVersionWeights": _WEIGHTS,
        "provisionedNum": st.integers(0, 2),
        "qualifier": st.sampled_from(["1", "2"]),
        "reservedConcurrencyMem": st.sampled_from([-1, 0, 1280]),
    },
)
_SETTINGS = st.builds(
    lambda plain, release: {**plain, **release}, st.fixed_dictionaries({}, optional=_OPTIONAL), _RELEASE
)
_TIMER = st.builds(
    lambda name, more: trigger("timer", name, **more),
    st.sampled_from(["tick", "tock"]),
    st.fixed_dictionaries(
        {},
        optional={
            "cronExpression": st.sampled_from(["0 0 2 * * * *", "0  0 2 * * * *", "*/5 * * * * * *"]),
            "enable": st.booleans(),
            "argument": st.sampled_from(["", "go"]),
            "qualifier": st.sampled_from(["$DEFAULT", "1"]),
        },
    ),
)
_URL = st.builds(
    lambda more: trigger("http", "url-trigger", **more),
    st.fixed_dictionaries(
        {},
        optional={
            "authType": st.sampled_from(["NONE", "CAM"]),
            "netConfig": st.fixed_dictionaries(
                {}, optional={"enableIntranet": st.booleans(), "enableExtranet": st.booleans()}
            ),
            "corsConfig": st.fixed_dictionaries(
                {}, optional={"enable": st.booleans(), "origins": st.just(("*",)), "maxAge": st.integers(0, 2)}
            ),
            "qualifier": st.sampled_from(["$DEFAULT", "1"]),
        },
    ),
)
_TRIGGERS = st.lists(_TIMER | _URL, max_size=3, unique_by=lambda spec: spec.address).map(tuple)
_NAMES = st.lists(st.sampled_from(["hello", "other"]), unique=True, max_size=2)


def _function(name: str, more: Mapping[str, Value], triggers: tuple[TriggerSpec, ...]) -> FunctionSpec:
    moved = function(name).address
    own = tuple(trigger(spec.type, spec.name, function=moved, **spec.settings) for spec in triggers)
    return function(name, *own, **more)


@st.composite
def _projects(draw: st.DrawFn) -> tuple[FunctionSpec, ...]:
    return tuple(_function(name, draw(_SETTINGS), draw(_TRIGGERS)) for name in draw(_NAMES))


@st.composite
def _clouds(draw: st.DrawFn) -> Observed:
    """A cloud with some functions of the same names, each in any state, made by us or by hand."""
    found: list[Resource] = []
    for name in draw(_NAMES):
        owner = draw(st.sampled_from([OWNER, NEIGHBOUR, None]))
        spec = _function(name, draw(_SETTINGS), draw(_TRIGGERS))
        state = draw(st.sampled_from(["Active", "CreateFailed", "UpdateFailed", "Updating"]))
        found.append(deployed(spec, owner=owner, state=state, sha256=draw(st.sampled_from(["aa" * 32, "bb" * 32]))))
        found[-1] = replace(found[-1], attributes={**found[-1].attributes, **draw(_VERSIONS)})
        found += draw(_beside(spec.address))
        found += [deployed_trigger(each, owner=draw(_owners())) for each in spec.triggers]
        if draw(st.booleans()):
            found.append(Resource(spec.address.asynchronous(), {"msgTTL": 300, "retryNum": 1}))
    old = function("old")
    return cloud(*found, unlisted=(deployed(old),) if draw(st.booleans()) else ())


_VERSIONS = st.sampled_from(
    [
        {},
        {"versions": ("1", "2")},
        {"versions": ("1", "2", "10"), "published": {"settings": {"memorySize": 128}, "codeSha256": "aa" * 32}},
    ]
)


@st.composite
def _beside(draw: st.DrawFn, of: Address) -> list[Resource]:
    """Aliases and concurrency that a function may have; the reservation is always told."""
    aliases = {
        name: {
            "aliasDescription": "",
            "aliasFunctionVersion": draw(st.sampled_from(["$LATEST", "1", "2"])),
            "additionalVersionWeights": draw(st.sampled_from([(), ({"version": "10", "weight": 0.5},)])),
        }
        for name in ["$DEFAULT", *draw(st.lists(st.sampled_from(["prod", "test"]), unique=True))]
    }
    versions = draw(st.lists(st.sampled_from(["1", "2", "10"]), unique=True))
    return [
        *(Resource(of.alias(name), settings) for name, settings in aliases.items()),
        *(Resource(of.provisioned(version), {"provisionedNum": 1}) for version in versions),
        Resource(of.reserved(), {"reservedConcurrencyMem": draw(st.sampled_from([-1, 640]))}),
    ]


def _owners() -> st.SearchStrategy[Owner | None]:
    return st.sampled_from([OWNER, NEIGHBOUR, None])


_POLICIES = st.builds(Policy, adopt=st.booleans(), prune=st.booleans())


def _packed(specs: tuple[FunctionSpec, ...]) -> dict[Address, Bundle]:
    return bundles(*(bundle(spec) for spec in specs))


@settings(deadline=None)
@given(_projects(), _clouds(), _POLICIES)
def test_a_second_plan_is_empty(specs: tuple[FunctionSpec, ...], observed: Observed, policy: Policy) -> None:
    wanted, packed = project(*specs), _packed(specs)
    plan = make_plan(wanted, packed, observed, policy)
    again = make_plan(wanted, packed, applied(plan, observed, packed), policy)
    # Traffic to a version that a new function does not have waits until the function exists.
    waiting = {address for address, _ in plan.unmanaged if address.kind is ALIAS and address not in observed.resources}
    changes = [change for change in _active(again) if change.address not in waiting]
    assert [(change.address, change.reason, change.fields) for change in changes] == []
    assert {refusal.address for refusal in again.rejected} == {refusal.address for refusal in plan.rejected}


@settings(deadline=None)
@given(_projects(), _clouds(), _POLICIES)
def test_order_keeps_requirements(specs: tuple[FunctionSpec, ...], observed: Observed, policy: Policy) -> None:
    plan = make_plan(project(*specs), _packed(specs), observed, policy)
    seen = set()
    for change in plan.changes:
        assert set(change.requires) <= seen
        seen.add(change.address)
    assert len(seen) == len(plan.changes)


@settings(deadline=None)
@given(_projects(), _clouds(), _POLICIES)
def test_only_owned_resources_are_deleted(specs: tuple[FunctionSpec, ...], observed: Observed, policy: Policy) -> None:
    marks = {resource.address: resource.owner for resource in (*observed.resources.values(), *observed.unlisted)}
    planned = make_plan(project(*specs), _packed(specs), observed, policy)
    destroyed = make_destroy_plan(project(*specs), observed, policy)
    for change in (*planned.changes, *destroyed.changes):
        if change.address.kind is FUNCTION and change.action in (Action.DELETE, Action.REPLACE):
            failed = change.address in observed.resources and observed.resources[change.address].state == "CreateFailed"
            assert marks[change.address] is not None or failed
    assert all(change.action is Action.DELETE for change in destroyed.changes)


@settings(deadline=None)
@given(_projects(), _clouds(), _POLICIES)
def test_destroy_deletes_everything_owned(specs: tuple[FunctionSpec, ...], observed: Observed, policy: Policy) -> None:
    wanted = project(*specs)
    left = applied(make_destroy_plan(wanted, observed, policy), observed, {})
    assert make_destroy_plan(wanted, left, policy).changes == ()


@settings(deadline=None)
@given(st.builds(_function, _WORD, _SETTINGS, _TRIGGERS))
def test_the_document_never_shows_a_secret(spec: FunctionSpec) -> None:
    secret = function(spec.name, *spec.triggers, environment={"variables": {"API_KEY": MARKER + "1"}})
    stored = deployed(spec, environment={"variables": {"API_KEY": MARKER + "2", "OLD_TOKEN": MARKER}})
    for observed in (cloud(), cloud(stored)):
        plan = make_plan(project(secret), _packed((secret,)), observed, Policy())
        assert MARKER not in json.dumps(as_document(plan))
        assert MARKER not in repr(plan)


def _active(plan: Plan) -> list[Change]:
    return [change for change in plan.changes if change.action is not Action.NO_OP]
