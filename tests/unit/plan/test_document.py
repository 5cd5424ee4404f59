"""The JSON of a plan, as users' scripts read it."""

import json
from dataclasses import replace

from scfdeploy.model import Ref, Secret
from scfdeploy.plan import FieldChange, Policy, make_plan
from scfdeploy.plan.document import as_document, field_document
from scfdeploy.plan.saved.digest import observed_digest, observed_fields
from tests.support.builders import (
    HELLO,
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


def test_has_the_keys_of_the_contract() -> None:
    spec = function("hello", trigger(), memorySize=256)
    other = function("other")
    observed = cloud(
        deployed(spec, memorySize=128),
        deployed_trigger(trigger(name="manual"), owner=None),
        deployed(other, owner=STRANGER),
    )
    plan = make_plan(project(spec, other), bundles(bundle(spec), bundle(other)), observed, Policy())
    assert as_document(plan) == {
        "project": {"app": "shop", "stage": "dev", "region": "ap-guangzhou"},
        "changes": [
            {
                "address": "function/default/hello",
                "action": "update",
                "reason": "memorySize differs",
                "fields": [
                    {"path": "memorySize", "before": 128, "after": 256, "sensitive": False, "forcesReplace": False}
                ],
                "requires": [],
                "warnings": [],
            },
            {
                "address": "trigger/default/hello/timer/tick",
                "action": "create",
                "reason": "does not exist yet",
                "fields": [
                    {
                        "path": "cronExpression",
                        "before": None,
                        "after": "0 */5 * * * * *",
                        "sensitive": False,
                        "forcesReplace": False,
                    }
                ],
                "requires": ["function/default/hello"],
                "warnings": [],
            },
        ],
        "summary": {"create": 1, "update": 1, "replace": 0, "delete": 0, "unchanged": 0},
        "refused": [
            {
                "address": "function/default/other",
                "rule": "owned-by-another",
                "reason": 'belongs to app "blog", stage "prod" (instance "site"), not to app "shop", stage "dev"',
                "hint": "Choose another name or namespace, or remove it from the other project first.",
            }
        ],
        "leftAlone": [
            {"address": "trigger/default/hello/timer/manual", "reason": "was created manually; --prune deletes it"}
        ],
    }


def test_sensitive_values_are_redacted_or_null() -> None:
    spec = function(environment={"variables": {"DB_PASSWORD": "hunter2"}})
    plan = make_plan(project(spec), bundles(bundle(spec)), cloud(), Policy())
    text = json.dumps(as_document(plan))
    assert "hunter2" not in text
    assert '"environment.variables.DB_PASSWORD", "before": null, "after": "(sensitive)", "sensitive": true' in text


def test_unknown_values_name_their_reference() -> None:
    shown = field_document(FieldChange("layers", None, ({"name": "a", "version": Ref(HELLO, "version")},)))
    assert shown["after"] == [{"name": "a", "version": {"unknown": "function/default/hello#version"}}]


def test_sensitive_value_of_any_type_is_redacted() -> None:
    shown = field_document(FieldChange("environment.variables.A", "old", ({"a": "new"},), sensitive=True))
    assert (shown["before"], shown["after"]) == ("(sensitive)", "(sensitive)")
    gone = field_document(FieldChange("environment.variables.A", Secret("old"), None, sensitive=True))
    assert (gone["before"], gone["after"]) == ("(sensitive)", None)


def test_secret_inside_value_is_redacted() -> None:
    shown = field_document(FieldChange("layers", None, ({"name": Secret("hunter2")},)))
    assert shown["after"] == [{"name": "(sensitive)"}]


class TestDigest:
    def test_is_the_same_for_the_same_cloud(self) -> None:
        one, two = function("one", layers=({"name": "a", "version": 1},)), function("two")
        assert observed_digest(cloud(deployed(one), deployed(two))) == observed_digest(
            cloud(deployed(two), deployed(one, layers=[{"name": "a", "version": 1}]))
        )

    def test_observe_reads_settings_code_owners_states_and_unlisted(self) -> None:
        spec = function()
        clouds = [
            cloud(deployed(spec)),
            cloud(deployed(spec, timeout=9)),
            cloud(deployed(spec, sha256="bb" * 32)),
            cloud(deployed(spec, owner=None)),
            cloud(deployed(spec, state="Updating")),
            cloud(deployed(spec), unlisted=(deployed(function("old")),)),
            cloud(),
        ]
        assert len({observed_digest(each) for each in clouds}) == len(clouds)

    def test_no_secret_goes_into_it(self) -> None:
        spec = function()
        old, new = (cloud(deployed(spec, environment={"variables": {"API_KEY": text}})) for text in ("old", "new"))
        assert observed_digest(old) == observed_digest(new)

    def test_has_one_form_for_every_machine_and_release(self) -> None:
        spec = function(
            layers=({"name": "a", "version": 1},),
            environment={"variables": {"API_KEY": "old", "LANG": "de", "TOKEN": Secret("x")}},
        )
        there = deployed(spec, role=Ref(HELLO, "version"))
        unmarked = replace(there, address=HELLO.trigger("timer", "ü"), owner=None, attributes={"versions": ("1",)})
        assert observed_fields(cloud(there, unlisted=(unmarked,))) == {
            "function/default/hello": {
                "settings": {
                    "runtime": "Python3.10",
                    "handler": "index.main",
                    "type": "event",
                    "layers": [{"name": "a", "version": 1}],
                    "environment": {"variables": {"API_KEY": "***", "LANG": "de", "TOKEN": "***"}},
                    "role": "function/default/hello#version",
                },
                "owner": "scfdeploy:shop/dev/api",
                "state": "Active",
                "facts": {
                    "functionId": "lam-1",
                    "modified": "2026-01-01 00:00:00",
                    "codeSha256": "aa" * 32,
                    "codeSize": 1_258_291,
                    "version": None,
                    "versions": None,
                    "content": None,
                },
            },
            "trigger/default/hello/timer/ü": {
                **observed_fields(cloud(there))["function/default/hello"],
                "owner": "",
                "facts": {
                    **dict.fromkeys(("functionId", "modified", "codeSha256", "codeSize", "version", "content")),
                    "versions": ["1"],
                },
            },
        }
        digest = "9a2fca1fa68f07795d121751a00a873344e52f167eba1248713c3fe3a51f8803"
        assert observed_digest(cloud(there, unlisted=(unmarked,))) == digest

    def test_is_part_of_the_plan(self) -> None:
        spec = function()
        assert make_plan(project(spec), {}, cloud(deployed(spec)), Policy()).observed_digest == observed_digest(
            cloud(deployed(spec))
        )
