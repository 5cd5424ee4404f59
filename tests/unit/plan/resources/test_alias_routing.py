"""Where an alias is sent by the command line, and which version was before."""

import pytest

from scfdeploy.model import Resource
from scfdeploy.plan import Action, Change, FieldChange
from scfdeploy.plan.resources.alias_routing import Route, plan_route, version_before
from tests.support.builders import HELLO, OWNER, function

PROD = HELLO.alias("prod")
DEFAULT = HELLO.alias("$DEFAULT")


def alias(route: Route, **facts: int) -> Resource:
    weights = tuple({"version": version, "weight": weight} for version, weight in route.weights)
    settings = {"aliasDescription": "", "aliasFunctionVersion": route.version, "additionalVersionWeights": weights}
    return Resource(PROD, settings, attributes=facts)


@pytest.mark.parametrize(
    ("now", "to", "percent", "then"),
    [
        (Route("6"), "7", 10, Route("6", (("7", 0.1),))),
        (Route("6"), "7", 100, Route("7")),
        (Route("6", (("7", 0.1),)), "7", 50, Route("6", (("7", 0.5),))),
        (Route("6", (("5", 0.1),)), "7", 50, Route("6", (("7", 0.5),))),
        (Route("7", (("6", 0.9),)), "7", 50, Route("7", (("6", 0.5),))),
        (Route("7", (("6", 0.9),)), "7", 100, Route("7")),
        (Route("$LATEST"), "7", 33, Route("$LATEST", (("7", 0.33),))),
    ],
)
def test_shift_splits_calls_between_old_and_new_version(now: Route, to: str, percent: int, then: Route) -> None:
    assert now.shifted(to, percent) == then


def test_weights_of_every_version_are_shown() -> None:
    route = Route("6", (("7", 0.1),))
    assert [route.share(version) for version in ("6", "7", "8")] == [0.9, 0.1, 0.0]


@pytest.mark.parametrize(
    ("now", "published", "latest_is_newest", "before"),
    [
        (Route("7"), ("1", "6", "7", "10"), False, "6"),
        (Route("10"), ("9", "10"), False, "9"),
        (Route("6", (("7", 0.1),)), ("5", "6", "7"), False, "6"),
        (Route("7", (("6", 0.1),)), ("5", "6", "7"), False, "6"),
        (Route("$LATEST", (("3", 0.1),)), ("3", "4"), False, "3"),
        (Route("$LATEST"), ("3", "4"), False, "4"),
        (Route("$LATEST"), ("3", "4"), True, "3"),
        (Route("$LATEST"), ("3",), True, None),
        (Route("3"), ("3", "4"), False, None),
        (Route("$LATEST"), (), False, None),
    ],
)
def test_version_before_is_older_or_next_lower(
    now: Route, published: tuple[str, ...], latest_is_newest: bool, before: str | None
) -> None:
    assert version_before(now, published, latest_is_newest=latest_is_newest) == before


def test_alias_with_same_route_is_no_change() -> None:
    route = Route("6", (("7", 0.1),))
    assert plan_route(PROD, alias(route), route, owner=OWNER).action is Action.NO_OP


def test_unwritten_description_is_kept() -> None:
    there = alias(Route("6"))
    described = Resource(PROD, {**there.settings, "aliasDescription": "mine"})
    change = plan_route(PROD, described, Route("7"), owner=OWNER)
    assert change.settings["aliasDescription"] == "mine"
    assert [field.path for field in change.fields] == ["aliasFunctionVersion"]


def test_route_differing_from_file_is_reported() -> None:
    spec = function(publish=True, aliasName="prod")
    assert plan_route(PROD, alias(Route("6")), Route("7"), owner=OWNER, spec=spec).warnings == (
        "serverless.yml sets this alias too: the next apply overwrites the route.",
    )
    assert plan_route(HELLO.alias("test"), None, Route("7"), owner=OWNER, spec=spec).warnings == ()


def test_route_away_from_deployed_version_is_reported() -> None:
    (warning,) = plan_route(DEFAULT, alias(Route("$LATEST")), Route("7"), owner=OWNER).warnings
    assert warning == "Calls of $DEFAULT no longer reach the deployed code until the alias routes to $LATEST again."
    assert plan_route(DEFAULT, alias(Route("7")), Route("6"), owner=OWNER).warnings == ()


def test_removed_header_rules_are_reported() -> None:
    (warning,) = plan_route(PROD, alias(Route("6"), matches=1), Route("7"), owner=OWNER).warnings
    assert "header" in warning


def test_route_is_read_from_an_alias() -> None:
    assert Route.of(alias(Route("6", (("7", 0.1),)))) == Route("6", (("7", 0.1),))
    assert Route.of(Resource(PROD, {})) == Route("")


def test_missing_alias_is_created() -> None:
    spec = function(publish=True, aliasName="prod")
    made = plan_route(PROD, None, Route("7"), owner=OWNER, spec=spec, description="mine", reason="shift")
    assert made == Change(
        PROD,
        Action.CREATE,
        "shift",
        (FieldChange("aliasDescription", None, "mine"), FieldChange("aliasFunctionVersion", None, "7")),
        {"aliasFunctionVersion": "7", "additionalVersionWeights": (), "aliasDescription": "mine"},
        OWNER,
        (HELLO,),
        ("serverless.yml sets this alias too: the next apply overwrites the route.",),
    )
    assert plan_route(PROD, None, Route("7"), owner=OWNER).reason == "does not exist yet"


def test_existing_alias_is_updated() -> None:
    shares = ({"version": "7", "weight": 0.1},)
    changed = plan_route(PROD, alias(Route("6")), Route("6", (("7", 0.1), ("5", 0.0))), owner=OWNER, reason="shift")
    assert changed == Change(
        PROD,
        Action.UPDATE,
        "shift",
        (FieldChange("additionalVersionWeights", None, shares),),
        {"aliasDescription": "", "aliasFunctionVersion": "6", "additionalVersionWeights": shares},
        OWNER,
        (HELLO,),
    )
    assert plan_route(PROD, alias(Route("6")), Route("7"), owner=OWNER).reason == ""


def test_alias_with_same_route_has_reason() -> None:
    there = alias(Route("6"))
    unchanged = Change(PROD, Action.NO_OP, "already has this route", settings=there.settings, owner=OWNER)
    assert plan_route(PROD, there, Route("6"), owner=OWNER) == unchanged


def test_route_to_deployed_version_is_reported() -> None:
    still = Route("7", (("$LATEST", 0.5),))
    assert plan_route(DEFAULT, alias(Route("$LATEST")), still, owner=OWNER).warnings == ()
    assert plan_route(PROD, alias(Route("$LATEST")), Route("7"), owner=OWNER).warnings == ()
    assert plan_route(DEFAULT, None, Route("7"), owner=OWNER).warnings == ()
