"""Outputs of other instances: known from the files, or only after apply."""

from __future__ import annotations

import pytest

from scfdeploy.config import LoadResult
from scfdeploy.diagnostics import Severity
from scfdeploy.model import Address, FunctionSpec, Ref
from tests.support.configured import Workspace, findings, only

LAYER = """\
component: layer
name: common
app: mall
inputs:
  name: tools
  src: ./
  runtimes: [Python3.10]
"""
VERSION = Ref(Address.of_layer("tools"), "version")


def function(name: str, inputs: str = "", *, app: str = "mall") -> str:
    return f"""\
component: scf
name: {name}
app: {app}
inputs:
  src: ./
  runtime: Python3.10
  handler: index.main
{inputs}"""


def load(workspace: Workspace, /, variables: dict[str, str] | None = None, **files: str) -> LoadResult:
    for folder, text in files.items():
        workspace.write(f"{folder}/serverless.yml", text)
    return workspace.load(variables=variables)


def spec(loaded: LoadResult, name: str) -> FunctionSpec:
    assert loaded.project is not None, findings(loaded)
    (found,) = (one for one in loaded.project.functions if one.owner.instance == name)
    return found


def errors(loaded: LoadResult) -> list[str]:
    return [
        f"{found.subject.file if found.subject else ''}:{found.subject.start.line if found.subject else 0} {found.rule}"
        for found in loaded.diagnostics.sorted()
        if found.severity is Severity.ERROR
    ]


def test_layer_is_read(workspace: Workspace) -> None:
    loaded = load(workspace, common=LAYER)
    assert loaded.project is not None
    (layer,) = loaded.project.layers
    assert (str(layer.address), layer.region, layer.owner.instance) == ("layer/tools", "ap-guangzhou", "common")
    assert layer.settings == {"runtimes": ("Python3.10",)}
    assert loaded.project.functions == ()
    assert loaded.project.key.region == "ap-guangzhou"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  src: ./\n  runtimes: [Python3.10]\n", ["5:3 missing-key"]),
        ("  name: tools\n  runtimes: [Python3.10]\n", ["5:3 missing-key"]),
        ("  name: tools\n  src: ./\n", ["5:3 missing-key"]),
        ("  name: tools\n  src: ./gone\n  runtimes: [Python3.10]\n", ["6:8 src-missing"]),
        ("  name: tools\n  src: ./\n  runtimes: Python3.10\n", ["7:13 wrong-type"]),
        ("  name: tools\n  src: ./\n  runtimes: [Python3.10]\n  handler: x.y\n", ["8:3 unknown-key"]),
    ],
)
def test_invalid_layer_is_reported(workspace: Workspace, text: str, expected: list[str]) -> None:
    loaded = load(workspace, common=f"component: layer\nname: common\napp: mall\ninputs:\n{text}")
    assert findings(loaded) == expected


def test_output_known_in_files_is_resolved_and_others_become_refs(workspace: Workspace) -> None:
    uses = """\
  description: ${output:${stage}:${app}:api.functionName} in ${output:dev:mall:api.namespace}
  environment:
    variables:
      API: ${output:${stage}:${app}:api.url}
      SIZE: ${output:${stage}:${app}:api.memorySize}
  layers:
    - name: ${output:${stage}:${app}:common.name}
      version: ${output:${stage}:${app}:common.version}
"""
    api = "  name: api-function\n  namespace: web\n  memorySize: 256\n  events:\n    - http:\n        parameters: {}\n"
    loaded = load(workspace, front=function("front", uses), api=function("api", api), common=LAYER)
    assert errors(loaded) == []
    settings = spec(loaded, "front").settings
    assert settings["description"] == "api-function in web"
    assert settings["layers"] == ({"name": "tools", "version": VERSION},)
    url = spec(loaded, "api").triggers[0].address
    assert settings["environment"] == {"variables": {"API": Ref(url, "url"), "SIZE": "256"}}


def test_instances_keep_folder_order(workspace: Workspace) -> None:
    needs = "  description: ${output:dev:mall:last.name}\n"
    loaded = load(workspace, a=function("first", needs), z=function("last"))
    assert loaded.project is not None
    assert [instance.name for instance in loaded.project.instances] == ["first", "last"]
    assert spec(loaded, "first").settings["description"] == "last-dev-mall"


def test_long_chain_of_instances_is_loaded(workspace: Workspace) -> None:
    files = {
        f"f{number:03}": function(f"n{number}", f"  description: ${{output:dev:mall:n{number + 1}.name}}\n")
        for number in range(300)
    }
    loaded = load(workspace, **files, last=function("n300"))
    assert errors(loaded) == []
    assert spec(loaded, "n0").settings["description"] == "n1-dev-mall"


def test_cycle_is_rejected_with_its_path(workspace: Workspace) -> None:
    loaded = load(
        workspace,
        a=function("one", "  description: ${output:dev:mall:two.name}\n"),
        b=function("two", "  description: ${output:dev:mall:three.name}\n"),
        c=function("three", "  description: ${output:dev:mall:one.name}\n"),
    )
    assert errors(loaded) == ["c/serverless.yml:8 output-cycle"]
    detail = only(loaded).detail
    assert "one needs two (a/serverless.yml:8:16)" in detail
    assert "two needs three (b/serverless.yml:8:16)" in detail
    assert "three needs one (c/serverless.yml:8:16)" in detail


def test_instance_that_depends_on_itself_is_rejected(workspace: Workspace) -> None:
    loaded = load(workspace, a=function("one", "  description: ${output:dev:mall:one.name}\n"))
    assert errors(loaded) == ["a/serverless.yml:8 output-cycle"]


@pytest.mark.parametrize(
    ("reference", "rule", "words"),
    [
        ("output:dev:mall:vpc.vpcId", "output-unknown-instance", "--var 'output:dev:mall:vpc.vpcId=VALUE'"),
        ("output:dev:mall:ohter.name", "output-unknown-instance", '"other"'),
        ("output:prod:mall:other.name", "output-unknown-instance", 'stage "prod"'),
        ("output:dev:mall:other.nmae", "output-unknown", "name, namespace, region"),
        ("output:dev:mall:other.layers", "output-unknown", "name, namespace, region"),
        ("output:dev:mall:other", "output-form", "${output:${stage}:${app}:INSTANCE.NAME}"),
        ("output:other.name", "output-form", "${output:${stage}:${app}:INSTANCE.NAME}"),
    ],
)
def test_unknown_output_error_suggests_an_override(workspace: Workspace, reference: str, rule: str, words: str) -> None:
    loaded = load(workspace, a=function("one", f"  description: ${{{reference}}}\n"), b=function("other"))
    assert errors(loaded) == [f"a/serverless.yml:8 {rule}"]
    found = only(loaded)
    assert words in f"{found.detail} {found.hint}"


def test_missing_instance_is_reported_once(workspace: Workspace) -> None:
    uses = (
        "  vpcConfig:\n    vpcId: ${output:${stage}:${app}:net.vpcId}\n"
        "    subnetId: ${output:${stage}:${app}:net.subnetId}\n"
        "  description: ${output:dev:mall:db.name}\n"
    )
    loaded = load(workspace, a=function("one", uses))
    assert errors(loaded) == [
        "a/serverless.yml:9 output-unknown-instance",
        "a/serverless.yml:11 output-unknown-instance",
    ]
    first = next(found for found in loaded.diagnostics.sorted() if "net" in found.detail)
    assert [place.start.line for _, place in first.related] == [10]


def test_suggestion_never_names_dependent_instance(workspace: Workspace) -> None:
    loaded = load(workspace, a=function("shop", "  description: ${output:dev:mall:shop-layer.name}\n"))
    assert "Did you mean" not in str(only(loaded).hint)


def test_var_option_sets_output_in_either_spelling(workspace: Workspace) -> None:
    uses = "  description: ${output:${stage}:${app}:vpc.name} ${output:dev:mall:db.name}\n"
    given = {"output:dev:mall:vpc.name": "one", "output:dev:mall:db.name": "two"}
    assert spec(load(workspace, given, a=function("one", uses)), "one").settings["description"] == "one two"
    given["output:${stage}:${app}:vpc.name"] = given.pop("output:dev:mall:vpc.name")
    assert spec(load(workspace, given, a=function("one", uses)), "one").settings["description"] == "one two"


def test_var_option_breaks_cycle(workspace: Workspace) -> None:
    loaded = load(
        workspace,
        {"output:dev:mall:two.name": "given"},
        a=function("one", "  description: ${output:dev:mall:two.name}\n"),
        b=function("two", "  description: ${output:dev:mall:one.name}\n"),
    )
    assert errors(loaded) == []


@pytest.mark.parametrize(
    ("inputs", "rule"),
    [
        ("  description: version ${output:dev:mall:common.version}\n", "output-within-text"),
        ("  name: ${output:dev:mall:common.version}\n", "output-too-late"),
        ("  type: ${output:dev:mall:common.version}\n", "output-too-late"),
        ("  events:\n    - timer:\n        name: t\n        parameters:\n          enable: true\n"
         "          cronExpression: ${output:dev:mall:common.version}\n", "output-too-late"),
    ],
)  # fmt: skip
def test_output_known_after_apply_is_rejected_where_value_is_needed(
    workspace: Workspace, inputs: str, rule: str
) -> None:
    loaded = load(workspace, a=function("one", inputs), common=LAYER)
    assert [error.split()[1] for error in errors(loaded)] == [rule]


def test_output_known_after_apply_is_rejected_as_src(workspace: Workspace) -> None:
    text = function("one").replace("./", "${output:dev:mall:common.version}")
    assert errors(load(workspace, a=text, common=LAYER)) == ["a/serverless.yml:5 output-too-late"]


def test_output_in_instance_name_is_rejected(workspace: Workspace) -> None:
    text = function("one").replace("app: mall", "app: ${output:dev:mall:common.name}")
    assert "output-too-early" in [error.split()[1] for error in errors(load(workspace, a=text))]


def test_unsupported_kind_is_error_or_skipped(workspace: Workspace) -> None:
    uses = "  description: ${output:dev:mall:net.vpcId}\n"
    workspace.write("a/serverless.yml", function("one", uses))
    workspace.write("net/serverless.yml", "component: vpc\nname: net\napp: mall\ninputs:\n  region: ap-beijing\n")
    named = workspace.load()
    assert errors(named) == [
        "a/serverless.yml:8 output-unknown-instance",
        "net/serverless.yml:1 component-not-supported",
    ]
    skipped = workspace.load(skip_unsupported=True, variables={"output:dev:mall:net.vpcId": "vpc-1"})
    assert findings(skipped) == ["1:12 component-skipped?"]
    assert spec(skipped, "one").settings["description"] == "vpc-1"


def test_nothing_to_deploy_is_an_error(workspace: Workspace) -> None:
    workspace.write("net/serverless.yml", "component: vpc\nname: net\napp: mall\ninputs:\n  region: ap-beijing\n")
    loaded = workspace.load(skip_unsupported=True)
    assert errors(loaded) == ["net/serverless.yml:1 nothing-to-deploy"]
    assert loaded.project is None


def test_layers_determine_region_of_project(workspace: Workspace) -> None:
    other = LAYER.replace("  name: tools", "  name: tools\n  region: ap-beijing")
    loaded = load(workspace, a=function("one"), common=other)
    assert errors(loaded) == ["common/serverless.yml:6 several-regions"]


def test_variable_of_name_and_inputs_is_reported_once(workspace: Workspace) -> None:
    text = function("${env:NAME}", "  description: ${env:NAME}\n")
    assert [error.split()[1] for error in errors(load(workspace, a=text))] == ["variable-unset"]
