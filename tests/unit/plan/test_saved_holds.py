"""Whether a plan that was kept still holds: where it does not, address and field are named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scfdeploy.diagnostics import ScfDeployError, Span
from scfdeploy.model import Address, LayerSpec, Observed, Owner, Project, ProjectKey, Ref, Resource, Secret, Value
from scfdeploy.plan import Change, FieldChange, Plan, Policy, make_plan
from scfdeploy.plan.change import Action
from scfdeploy.plan.reach import reach_of_plan
from scfdeploy.plan.saved.compare import (
    Origin,
    SavedPlan,
    require_same_changes,
    require_same_cloud,
    require_same_project,
    require_same_resources,
    save,
)
from scfdeploy.plan.saved.digest import observed_digest, relevant
from scfdeploy.plan.saved.form import from_text, to_text
from tests.support.builders import (
    HELLO,
    NEIGHBOUR,
    OWNER,
    STRANGER,
    bundle,
    bundles,
    cloud,
    deployed,
    function,
    project,
    trigger,
)

RECORDED = Path(__file__).parent / "saved_plan.json"
NOTHING = Observed({})
ORIGIN = Origin("hello", "", stage="dev")
PATH_HINT = "Give the same path, --stage and --region as for the plan."
AGAIN = "Make a new plan and review it."
VALUES = "Make a new plan and review it, or give the same --var and --env-file as for the plan."


def kept(wanted: Project, observed: Observed = NOTHING, *, origin: Origin = ORIGIN) -> tuple[SavedPlan, Plan]:
    """A plan without changes, and as it is kept."""
    plan = Plan(wanted.key, (), observed_digest=observed_digest(relevant(observed, reach_of_plan(wanted, Policy()))))
    return save(plan, wanted, observed, origin=origin, policy=Policy(), salt="salt"), plan


def refusal(act: Callable[[], None]) -> tuple[str, str | None]:
    """What the user reads: the message and the hint."""
    with pytest.raises(ScfDeployError) as caught:
        act()
    return caught.value.message, caught.value.hint


class TestForm:
    """What one release wrote the next one reads, and takes for the same."""

    WANTED = project(
        function(
            "hello",
            trigger(),
            memorySize=256,
            tags={"größe": "m"},
            environment={"variables": {"TOKEN": Secret("hunter2"), "LANG": "de"}},
        ),
        function("user", layers=({"name": "base", "version": Ref(Address.of_layer("base"), "version")},)),
    )
    OBSERVED = cloud(deployed(function("hello", layers=({"name": "a", "version": 1},)), timeout=9))

    def saved(self) -> SavedPlan:
        packed = bundles(bundle(self.WANTED.functions[0], "bb" * 32))
        plan = make_plan(self.WANTED, packed, self.OBSERVED, Policy())
        policy = Policy(adopt=True, targets=(HELLO,), keep=3)
        origin = Origin("hello", "local", stage="dev", region="ap-tokyo", skip_unsupported=True)
        return save(plan, self.WANTED, self.OBSERVED, origin=origin, policy=policy, salt="salt")

    def test_saved_plan_equals_recorded_file(self) -> None:
        assert to_text(self.saved()) == RECORDED.read_text(encoding="utf-8")

    def test_saved_plan_round_trips(self) -> None:
        assert from_text(RECORDED.read_text(encoding="utf-8")) == self.saved()


class TestCloud:
    def test_same_state_is_accepted(self) -> None:
        saved, _ = kept(project(function()), origin=Origin("hello", "local"))
        require_same_cloud(saved, endpoint="local")

    @pytest.mark.parametrize(
        ("then", "now", "words"),
        [
            ("", "local", "the plan was made for the cloud, and this is the local server (--local)"),
            ("http://a", "", "the plan was made for http://a, and this is the cloud"),
        ],
    )
    def test_difference_is_named(self, then: str, now: str, words: str) -> None:
        saved, _ = kept(project(function()), origin=Origin("hello", then))
        said = refusal(lambda: require_same_cloud(saved, endpoint=now))
        assert said == (words, "Give the same --local, --endpoint or SCFDEPLOY_ENDPOINT as for the plan.")


class TestProject:
    def test_same_state_is_accepted(self) -> None:
        saved, _ = kept(project(function("one"), function("two")))
        require_same_project(saved, project(function("two"), function("one")))

    @pytest.mark.parametrize(
        ("key", "words"),
        [
            (ProjectKey("blog", "dev", "ap-guangzhou"), 'made for app "shop", and this is app "blog"'),
            (ProjectKey("shop", "prod", "ap-guangzhou"), 'made for stage "dev", and this is stage "prod"'),
            (ProjectKey("shop", "dev", "ap-tokyo"), 'made for region "ap-guangzhou", and this is region "ap-tokyo"'),
        ],
    )
    def test_difference_is_named(self, key: ProjectKey, words: str) -> None:
        wanted = project(function())
        saved, _ = kept(wanted)
        said = refusal(lambda: require_same_project(saved, replace(wanted, key=key)))
        assert said == (f"the plan was {words}", PATH_HINT)

    def test_other_functions_and_layers_are_named(self) -> None:
        wanted = project(function("one"), function("two"))
        saved, _ = kept(wanted)
        layer = LayerSpec(Address.of_layer("base"), OWNER, "ap-guangzhou", {}, None, {}, {}, Span.at("serverless.yml"))
        now = project(function("two"), function("three"))
        now = replace(now, instances=(replace(now.instances[0], layers=(layer,)),))
        words = "function/default/three is new; layer/base is new; function/default/one no longer exists"
        assert refusal(lambda: require_same_project(saved, now)) == (
            f"the project changed since the plan was made: {words}",
            VALUES,
        )


class TestMoved:
    """What changed in the cloud between the plan and its use."""

    SPEC = function("hello", environment={"variables": {"A": "1"}})

    def said(self, before: Observed, now: Observed) -> str:
        wanted = project(self.SPEC)
        saved, _ = kept(wanted, before)
        _, plan = kept(wanted, now)
        message, hint = refusal(lambda: require_same_resources(saved, plan, now))
        assert hint == AGAIN
        return message.removeprefix("the cloud changed since the plan was made: ")

    def test_settings_and_variables_are_named(self) -> None:
        now = deployed(self.SPEC, timeout=9, environment={"variables": {"A": "2", "B": "3"}})
        words = "function/default/hello: environment.variables.A, environment.variables.B, timeout"
        assert self.said(cloud(deployed(self.SPEC)), cloud(now)) == words

    def test_conflict_names_missing_and_new_resources(self) -> None:
        one, two = deployed(function("one")), deployed(function("two"))
        both = "function/default/one no longer exists; function/default/two is new"
        assert self.said(cloud(one), cloud(two)) == both

    def test_owner_code_and_state_are_named(self) -> None:
        before = deployed(self.SPEC)
        now = replace(
            before,
            owner=NEIGHBOUR,
            state="Updating",
            attributes={**before.attributes, "codeSha256": "bb" * 32, "codeSize": 5, "functionId": "lam-2"},
        )
        assert self.said(cloud(before), cloud(now)) == "function/default/hello: its owner, state, its code"

    def test_size_and_id_are_named_only_alone(self) -> None:
        before = deployed(self.SPEC)
        now = replace(before, attributes={**before.attributes, "codeSize": 5, "functionId": "lam-2"})
        assert self.said(cloud(before), cloud(now)) == "function/default/hello: functionId, codeSize"

    def test_modification_time_is_named_only_alone(self) -> None:
        before = deployed(self.SPEC)
        later = {**before.attributes, "modified": "2026-01-02 00:00:00"}
        words = "function/default/hello: the time of its last change"
        assert self.said(cloud(before), cloud(replace(before, attributes=later))) == words
        now = replace(before, attributes=later, settings={**before.settings, "timeout": 9})
        assert self.said(cloud(before), cloud(now)) == "function/default/hello: timeout"

    def test_content_of_a_layer_is_named(self) -> None:
        before = Resource(Address.of_layer("base"), {}, OWNER, attributes={"content": "cc"})
        assert (
            self.said(cloud(before), cloud(replace(before, attributes={"content": "dd"}))) == "layer/base: its content"
        )

    def test_more_than_eight_are_counted(self) -> None:
        many = [deployed(function(f"f{number}")) for number in range(10)]
        words = self.said(cloud(), cloud(*many[:9]))
        assert words.endswith("function/default/f7 is new; and 1 more")
        assert "more" not in self.said(cloud(), cloud(*many[:8]))

    def test_resources_of_other_projects_leave_no_traces(self) -> None:
        theirs = deployed(function("old"), owner=STRANGER)
        before, now = cloud(unlisted=(theirs,)), cloud()
        saved, _ = kept(project(self.SPEC), before)
        _, plan = kept(project(self.SPEC), now)
        require_same_resources(saved, plan, now)
        assert saved.traces == {}

    def test_order_of_keys_is_ignored(self) -> None:
        one, other = {"name": "a", "version": 1}, {"version": 1, "name": "a"}
        before, now = (cloud(deployed(self.SPEC, layers=(layer,))) for layer in (one, other))
        assert kept(project(self.SPEC), before)[0].traces == kept(project(self.SPEC), now)[0].traces

    def test_unlisted_owned_resources_change_the_plan_digest(self) -> None:
        ours = deployed(function("old"), owner=OWNER)
        assert self.said(cloud(), cloud(unlisted=(ours,))) == "function/default/old is new"

    def test_change_without_trace_is_reported(self) -> None:
        wanted = project(self.SPEC)
        saved, plan = kept(wanted)
        words = refusal(lambda: require_same_resources(replace(saved, observed_digest="other"), plan, cloud()))[0]
        assert words == "the cloud changed since the plan was made: a value that is not shown"


class TestChanges:
    """What the files ask for now, and asked for then."""

    def said(self, before: Plan, now: Plan) -> str:
        saved = save(before, project(), Observed({}), origin=ORIGIN, policy=Policy(), salt="salt")
        message, hint = refusal(lambda: require_same_changes(saved, now))
        assert hint == VALUES
        return message.removeprefix("the project changed since the plan was made: ")

    @staticmethod
    def plan(*changes: Change) -> Plan:
        return Plan(ProjectKey("shop", "dev", "ap-guangzhou"), changes)

    @staticmethod
    def change(name: str = "hello", *fields: tuple[str, Value], reason: str = "", **settings: Value) -> Change:
        found = tuple(FieldChange(path, None, after) for path, after in fields)
        return Change(Address.of_function("default", name), Action.UPDATE, reason, found, settings)

    def test_same_state_is_accepted(self) -> None:
        plan = self.plan(self.change("hello", ("a", 1), one=Secret("a"), two={"key": (1, None)}))
        saved = save(plan, project(), Observed({}), origin=ORIGIN, policy=Policy(), salt="salt")
        require_same_changes(from_text(to_text(saved)), plan)

    def test_fields_are_named(self) -> None:
        before = self.change("hello", ("a", 1), ("b", 1), ("c", 1), reason="one")
        now = self.change("hello", ("b", 2), ("c", 1), ("d", 1), reason="two")
        assert self.said(self.plan(before), self.plan(now)) == "function/default/hello: a, b, d"

    def test_difference_outside_fields_is_named(self) -> None:
        before = self.change("hello", ("a", 1), reason="one")
        now = replace(before, reason="two", requires=(HELLO,), warnings=("careful",))
        assert self.said(self.plan(before), self.plan(now)) == "function/default/hello: requires, warnings"

    def test_order_of_fields_counts(self) -> None:
        before, now = self.change("hello", ("a", 1), ("b", 1)), self.change("hello", ("b", 1), ("a", 1))
        assert self.said(self.plan(before), self.plan(now)) == "function/default/hello: fields"

    def test_added_and_removed_changes_are_named(self) -> None:
        words = "function/default/one no longer changes; function/default/two changes too"
        assert self.said(self.plan(self.change("one")), self.plan(self.change("two"))) == words

    @pytest.mark.parametrize(
        ("before", "now"),
        [
            (Secret("a"), Secret("b")),
            (Secret("a"), "a"),
            (Ref(HELLO, "version"), Ref(HELLO, "url")),
            ({"key": 1}, {"key": 2}),
            ((1, 2), (2, 1)),
            (1, 2),
        ],
    )
    def test_secret_value_is_compared(self, before: Value, now: Value) -> None:
        words = self.said(self.plan(self.change(one=before)), self.plan(self.change(one=now)))
        assert words == "a value that is not shown"


class TestDamage:
    """A file that is no plan, or was one, is refused in one line."""

    AGAIN = "Make a new plan with `scfdeploy plan --out FILE`."

    def read(self, **changed: Any) -> tuple[str, str | None]:
        import json

        document = json.loads(RECORDED.read_text(encoding="utf-8"))
        for path, value in changed.items():
            *inside, last = path.split("__")
            found = document
            for name in inside:
                found = found[int(name) if name.isdigit() else name]
            if value is ...:
                del found[last]
            else:
                found[last] = value
        return refusal(lambda: void(from_text(json.dumps(document))))

    @pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"kind": '])
    def test_text_that_is_not_json_is_rejected(self, text: str) -> None:
        assert refusal(lambda: void(from_text(text))) == ("it is not a plan: invalid or truncated JSON", self.AGAIN)

    @pytest.mark.parametrize("text", ["[]", "1", "{}", '{"kind": "other"}', '"scfdeploy-plan"'])
    def test_other_json_document_is_rejected(self, text: str) -> None:
        assert refusal(lambda: void(from_text(text))) == ("it is not a plan of scfdeploy", self.AGAIN)

    def test_later_format_is_rejected(self) -> None:
        assert self.read(format=2) == (
            "it has format 2, and this scfdeploy reads format 1",
            "Apply it with the version of scfdeploy that made it, or make a new plan.",
        )

    @pytest.mark.parametrize(
        "changed",
        [
            {"format": True},
            {"format": "1"},
            {"format": ...},
            *(
                {name: ...}
                for name in ("origin", "project", "policy", "functions", "changes", "traces", "salt", "seal")
            ),
            {"observedDigest": ...},
            {"observedDigest": 1},
            {"salt": None},
            {"seal": ["x"]},
            {"origin": "hello"},
            {"origin__path": 1},
            {"origin__endpoint": None},
            {"origin__stage": 1},
            {"origin__region": False},
            {"origin__region": ...},
            {"project": []},
            {"project__app": 1},
            {"project__stage": None},
            {"project__region": ...},
            {"policy__adopt": "yes"},
            {"policy__force": True},
            {"policy__keep": 1.5},
            {"policy__targets": "function/default/hello"},
            {"policy__targets": ["nothing/of/ours/at/all"]},
            {"policy__targets": [1]},
            {"policy__targets": ...},
            {"functions": "function/default/hello"},
            {"functions": [1]},
            {"changes": {}},
            {"changes": ["x"]},
            {"changes": [{}]},
            {"changes": [{"address": 1, "fields": []}]},
            {"changes": [{"address": "x"}]},
            {"changes": [{"address": "x", "fields": {}}]},
            {"changes": [{"address": "x", "fields": ["x"]}]},
            {"changes": [{"address": "x", "fields": [{}]}]},
            {"changes": [{"address": "x", "fields": [{"path": 1}]}]},
            {"traces": []},
            {"traces": {"function/default/hello": []}},
            {"traces": {"function/default/hello": {"state": 1}}},
        ],
        ids=str,
    )
    def test_missing_or_invalid_value_is_rejected(self, changed: dict[str, Any]) -> None:
        assert self.read(**changed) == ("it is damaged: a value is missing or invalid", self.AGAIN)

    def test_older_file_without_option_reads_default(self) -> None:
        import json

        document = json.loads(RECORDED.read_text(encoding="utf-8"))
        del document["origin"]["skip_unsupported"]
        assert from_text(json.dumps(document)).origin.skip_unsupported is False


def void(_: object) -> None:
    """Only whether it can be made counts."""


def test_unowned_resource_leaves_a_trace() -> None:
    unmarked, marked = (deployed(function("hello"), owner=owner) for owner in (None, Owner("shop", "dev", "api")))
    assert kept(project(function()), cloud(unmarked))[0].traces != kept(project(function()), cloud(marked))[0].traces
