"""What is not ours is refused, adopted or left alone; only what is ours is deleted."""

import pytest

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address, Resource
from scfdeploy.plan import Action, Plan, Policy, make_plan
from scfdeploy.plan.destroy import make_destroy_plan
from tests.support.builders import (
    HELLO,
    NEIGHBOUR,
    OWNER,
    STRANGER,
    bundle,
    bundles,
    cloud,
    deployed,
    deployed_trigger,
    function,
    project,
    trigger,
)

SPEC = function("hello", trigger(), memorySize=256)
OLD = function("old")
PACKED = bundles(bundle(SPEC))


def shown(plan: Plan) -> list[tuple[str, str]]:
    return [(str(change.action), str(change.address)) for change in plan.changes]


def test_unowned_function_is_rejected() -> None:
    plan = make_plan(project(SPEC), PACKED, cloud(deployed(SPEC, owner=None)), Policy())
    (refusal,) = plan.rejected
    assert (refusal.address, refusal.rule) == (HELLO, "not-owned")
    assert refusal.reason == "already exists and is not managed by this project"
    assert refusal.hint == "Take it over with --adopt, or choose another name."
    assert plan.changes == ()


def test_adopt_adds_ownership_tag_and_reports_it() -> None:
    observed = cloud(deployed(SPEC, owner=None, memorySize=128))
    plan = make_plan(project(SPEC), PACKED, observed, Policy(adopt=True))
    change = plan.changes[0]
    assert change.action is Action.UPDATE
    assert (
        change.reason == "adopt: exists without an ownership tag and becomes owned by this project; memorySize differs"
    )
    assert [(field.path, field.before, field.after) for field in change.fields] == [
        ("memorySize", 128, 256),
        ("tags.scfdeploy:app", None, "shop"),
        ("tags.scfdeploy:stage", None, "dev"),
        ("tags.scfdeploy:instance", None, "api"),
    ]
    assert change.owner == OWNER


def test_adopting_never_deletes_the_function() -> None:
    observed = cloud(deployed(SPEC, owner=None, runtime="Python3.9"))
    plan = make_plan(project(SPEC), PACKED, observed, Policy(adopt=True))
    assert [refusal.rule for refusal in plan.rejected] == ["adopt-would-replace"]
    assert plan.rejected[0].reason == (
        "is not managed by this project, and taking it over would delete it: runtime cannot be changed in place"
    )
    assert plan.rejected[0].hint == (
        "Make the file agree with the function, take it over with --adopt, and change it afterwards."
    )


def test_adopting_replaces_function_whose_creation_failed() -> None:
    observed = cloud(deployed(SPEC, owner=None, state="CreateFailed"))
    assert make_plan(project(SPEC), PACKED, observed, Policy(adopt=True)).changes[0].action is Action.REPLACE


def test_function_of_other_project_is_rejected_even_with_adopt() -> None:
    observed = cloud(deployed(SPEC, owner=STRANGER), deployed_trigger(SPEC.triggers[0], owner=STRANGER))
    plan = make_plan(project(SPEC), PACKED, observed, Policy(adopt=True, prune=True))
    (refusal,) = plan.rejected
    assert refusal.rule == "owned-by-another"
    assert 'app "blog", stage "prod"' in refusal.reason
    assert plan.changes == ()


class TestPrune:
    def test_unlisted_function_is_reported_and_kept(self) -> None:
        observed = cloud(deployed(SPEC), unlisted=(deployed(OLD),))
        plan = make_plan(project(SPEC), PACKED, observed, Policy())
        assert plan.unmanaged == ((OLD.address, "is owned by this project and no file lists it; --prune deletes it"),)
        assert plan.count(Action.DELETE) == 0

    def test_function_in_files_is_never_unlisted(self) -> None:
        observed = cloud(deployed(SPEC), unlisted=(deployed(SPEC),))
        plan = make_plan(project(SPEC), PACKED, observed, Policy(prune=True))
        assert (plan.count(Action.DELETE), plan.unmanaged) == (0, ())

    def test_prune_deletes_unlisted_function_last(self) -> None:
        observed = cloud(unlisted=(deployed(OLD),))
        plan = make_plan(project(SPEC), PACKED, observed, Policy(prune=True))
        assert shown(plan)[-1] == ("delete", "function/default/old")
        assert plan.changes[-1].settings == {}

    def test_layer_is_deleted_after_functions_that_use_it(self) -> None:
        layer = Resource(Address.of_layer("base"), {}, OWNER, attributes={"versions": (1, 2), "version": 2})
        user = deployed(function("old", layers=({"name": "base", "version": 1},)))
        observed = cloud(unlisted=(layer, user))
        plan = make_plan(project(SPEC), PACKED, observed, Policy(prune=True))
        assert shown(plan)[-2:] == [("delete", "function/default/old"), ("delete", "layer/base")]
        assert plan.changes[-1].requires == (OLD.address,)
        assert plan.changes[-1].reason == "is owned by this project, no file lists it, and --prune is given"

    def test_layer_in_use_is_kept(self) -> None:
        spec = function("hello", layers=({"name": "base", "version": 1},))
        layer = Resource(Address.of_layer("base"), {}, OWNER, attributes={"versions": (1,), "version": 1})
        plan = make_plan(project(spec), PACKED, cloud(deployed(spec), unlisted=(layer,)), Policy(prune=True))
        assert plan.count(Action.DELETE) == 0
        assert plan.unmanaged == ((Address.of_layer("base", 1), "is used by function/default/hello"),)

    def test_function_of_other_project_is_not_deleted(self) -> None:
        observed = cloud(deployed(SPEC), unlisted=(deployed(OLD, owner=NEIGHBOUR),))
        plan = make_plan(project(SPEC), PACKED, observed, Policy(prune=True))
        assert plan.count(Action.DELETE) == 0
        (note,) = plan.unmanaged
        assert note[0] == OLD.address
        assert note[1].startswith('belongs to instance "web", whose file was not read')

    def test_function_of_unread_instance_is_kept(self) -> None:
        whole = project(SPEC, instance_root="/project/api")
        observed = cloud(deployed(SPEC), unlisted=(deployed(OLD, owner=NEIGHBOUR),))
        plan = make_plan(whole, PACKED, observed, Policy(prune=True), destroy_command="scfdeploy destroy x")
        assert plan.count(Action.DELETE) == 0
        assert plan.unmanaged == (
            (
                OLD.address,
                'belongs to instance "web", whose file was not read; to delete it: '
                "scfdeploy destroy x --instance web --target function/default/old",
            ),
        )

    def test_function_of_named_instance_is_deleted(self) -> None:
        observed = cloud(deployed(SPEC), unlisted=(deployed(OLD, owner=NEIGHBOUR),))
        plan = make_plan(project(SPEC), PACKED, observed, Policy(prune=True, instances=("web",)))
        assert ("delete", "function/default/old") in shown(plan)

    def test_function_in_unlisted_namespace_is_deleted_only_if_instance_is_named(self) -> None:
        far = function("hello", namespace="former")
        observed = cloud(deployed(SPEC), unlisted=(deployed(far),))
        plan = make_plan(project(SPEC), PACKED, observed, Policy(prune=True))
        assert plan.count(Action.DELETE) == 0
        assert [address for address, _ in plan.unmanaged] == [far.address]
        assert 'belongs to instance "api" and is in a namespace that no file names' in plan.unmanaged[0][1]
        named = make_plan(project(SPEC), PACKED, observed, Policy(prune=True, instances=("api",)))
        assert ("delete", "function/former/hello") in shown(named)

    def test_trigger_of_other_instance_is_kept(self) -> None:
        extra = deployed_trigger(trigger(name="tock"), owner=NEIGHBOUR)
        observed = cloud(deployed(SPEC), extra)
        plan = make_plan(project(SPEC), PACKED, observed, Policy(prune=True, adopt=True))
        assert plan.count(Action.DELETE) == 0
        assert dict(plan.unmanaged)[extra.address] == (
            'belongs to instance "web", whose file was not read; --prune --instance web deletes it'
        )
        named = make_plan(project(SPEC), PACKED, observed, Policy(prune=True, instances=("web",)))
        assert ("delete", str(extra.address)) in shown(named)

    def test_layer_version_of_other_instance_is_kept(self) -> None:
        facts = {"versions": (1, 2), "version": 2, "instances": {"1": "web", "2": "api"}}
        layer = Resource(Address.of_layer("base"), {}, OWNER, attributes=facts)
        observed = cloud(deployed(SPEC), unlisted=(layer,))
        plan = make_plan(project(SPEC), PACKED, observed, Policy(prune=True))
        assert [(str(one.address), one.fields[0].before) for one in plan.changes if one.action is Action.DELETE] == [
            ("layer/base", (2,))
        ]
        assert [address for address, _ in plan.unmanaged] == [Address.of_layer("base", 1)]
        assert plan.unmanaged[0][1].endswith("--instance web --target layer/base")

    def test_unknown_instance_error_lists_existing_instances(self) -> None:
        observed = cloud(deployed(SPEC), unlisted=(deployed(OLD, owner=NEIGHBOUR),))
        with pytest.raises(ScfDeployError) as caught:
            make_plan(project(SPEC), PACKED, observed, Policy(prune=True, instances=("wep",)))
        assert caught.value.message.startswith('--instance wep: app "shop", stage "dev"')
        assert caught.value.hint == "Check the name, --stage and --region. Existing instances: api, web."

    def test_unlisted_function_of_other_project_is_never_deleted(self) -> None:
        observed = cloud(deployed(SPEC), unlisted=(deployed(OLD, owner=STRANGER),))
        whole = project(SPEC, instance_root="/project/api")
        assert make_plan(whole, PACKED, observed, Policy(prune=True)).count(Action.DELETE) == 0


class TestDestroy:
    def test_destroy_deletes_owned_functions_with_triggers(self) -> None:
        observed = cloud(deployed(SPEC), deployed_trigger(SPEC.triggers[0]), unlisted=(deployed(OLD),))
        plan = make_destroy_plan(project(SPEC), observed, Policy())
        assert shown(plan) == [("delete", "function/default/hello"), ("delete", "function/default/old")]
        assert plan.changes[0].reason == "belongs to this project; timer/tick is deleted with it"
        assert plan.changes[0].owner == OWNER

    def test_unowned_resources_are_kept_and_reported(self) -> None:
        other = function("other")
        observed = cloud(
            deployed(SPEC, owner=None), deployed_trigger(SPEC.triggers[0]), deployed(other, owner=STRANGER)
        )
        plan = make_destroy_plan(project(SPEC, other), observed, Policy(prune=True, adopt=True))
        assert plan.changes == ()
        assert dict(plan.unmanaged) == {
            HELLO: "is not managed by this project",
            other.address: 'belongs to app "blog", stage "prod"',
        }

    def test_destroy_names_every_deleted_trigger(self) -> None:
        more = trigger(name="tock")
        observed = cloud(deployed(SPEC), deployed_trigger(SPEC.triggers[0]), deployed_trigger(more, owner=None))
        plan = make_destroy_plan(project(SPEC), observed, Policy())
        assert plan.changes[0].reason == "belongs to this project; timer/tick and timer/tock are deleted with it"
        assert plan.changes[0].warnings == ("Its published versions, aliases and triggers are deleted with it.",)

    def test_destroy_of_one_folder_keeps_other_instances(self) -> None:
        observed = cloud(deployed(SPEC), unlisted=(deployed(OLD, owner=NEIGHBOUR),))
        assert shown(make_destroy_plan(project(SPEC), observed, Policy())) == [("delete", "function/default/hello")]

    def test_listed_function_of_unread_instance_is_kept(self) -> None:
        observed = cloud(deployed(SPEC, owner=NEIGHBOUR))
        plan = make_destroy_plan(project(SPEC), observed, Policy())
        assert plan.changes == ()
        assert plan.unmanaged[0][0] == HELLO
        assert plan.unmanaged[0][1].startswith('belongs to instance "web", whose file was not read')

    def test_named_instance_alone_is_deleted(self) -> None:
        observed = cloud(deployed(SPEC), unlisted=(deployed(OLD, owner=NEIGHBOUR),))
        plan = make_destroy_plan(project(SPEC), observed, Policy(instances=("web",)))
        assert shown(plan) == [("delete", "function/default/old")]
        assert 'belongs to instance "api", which --instance does not name' in dict(plan.unmanaged)[HELLO]

    def test_target_of_unread_instance_is_kept(self) -> None:
        observed = cloud(deployed(SPEC), unlisted=(deployed(OLD, owner=NEIGHBOUR),))
        plan = make_destroy_plan(project(SPEC), observed, Policy(targets=(OLD.address,)))
        assert plan.changes == ()
        assert [address for address, _ in plan.unmanaged] == [OLD.address]

    def test_instance_of_another_project_cannot_be_named(self) -> None:
        other = function("other")
        observed = cloud(deployed(other, owner=STRANGER))
        with pytest.raises(ScfDeployError, match="--instance site: app"):
            make_destroy_plan(project(other), observed, Policy(instances=(STRANGER.instance,)))

    def test_destroy_without_resources_is_empty(self) -> None:
        assert make_destroy_plan(project(SPEC), cloud(), Policy()).changes == ()

    def test_destroy_keeps_ignored_triggers_of_other_products(self) -> None:
        where = {"loadBalanceId": "lb-1", "protocol": "HTTP", "port": 80, "domain": "a.example.com", "url": "/"}
        bound = trigger("clb", "lb-1/HTTP:80/a.example.com/", **where)
        spec = function("hello", bound, ignoreTriggers=True)
        observed = cloud(deployed(spec), deployed_trigger(bound), deployed_trigger(trigger()))
        plan = make_destroy_plan(project(spec), observed, Policy())
        assert shown(plan) == [("delete", "function/default/hello")]
        assert plan.changes[0].reason == "belongs to this project; timer/tick is deleted with it"
        assert plan.unmanaged == (
            (bound.address, "is stored by another product and ignored by the file; delete it there if it is yours"),
        )
