"""`component: multi-scf`: shared settings, settings of one function, and triggers."""

from __future__ import annotations

import textwrap
import time

import pytest

from scfdeploy.config import LoadResult
from scfdeploy.model import FolderSource, FunctionSpec, Secret
from scfdeploy.rules import check
from tests.support.configured import Workspace, findings, only

MULTI = """\
component: multi-scf
name: shop
app: mall
inputs:
  src: ./code
  runtime: Python3.10
"""


def load(workspace: Workspace, inputs: str, head: str = MULTI, **environ: str) -> LoadResult:
    return workspace.load_text(head + textwrap.indent(textwrap.dedent(inputs), "  "), environ=environ)


def functions(loaded: LoadResult) -> dict[str, FunctionSpec]:
    assert loaded.project is not None, findings(loaded)
    return {function.key: function for function in loaded.project.functions}


def settings(loaded: LoadResult, key: str) -> dict[str, object]:
    return dict(functions(loaded)[key].settings)


def test_functions_inherit_shared_settings(workspace: Workspace) -> None:
    loaded = load(
        workspace,
        """\
        namespace: night
        region: ap-shanghai
        memorySize: 256
        timeout: 20
        functions:
          read:
            handler: index.read
          write:
            handler: index.write
            memorySize: 512
            name: writer
            namespace: day
          rest:
        """,
    )
    assert findings(loaded) == []
    by_key = functions(loaded)
    assert [str(by_key[key].address) for key in ("read", "write", "rest")] == [
        "function/night/shop-dev-mall-read",
        "function/day/writer",
        "function/night/shop-dev-mall-rest",
    ]
    assert {function.region for function in by_key.values()} == {"ap-shanghai"}
    assert settings(loaded, "read") == {
        "handler": "index.read",
        "runtime": "Python3.10",
        "memorySize": 256,
        "timeout": 20,
    }
    assert settings(loaded, "write")["memorySize"] == 512
    assert settings(loaded, "rest")["handler"] == "index.main_handler"


def test_functions_in_list_are_keyed_by_name(workspace: Workspace) -> None:
    loaded = load(
        workspace,
        """\
        functions:
          - name: ${app}-read
            handler: index.read
        triggers:
          - type: http
            function: ${app}-read
        """,
    )
    assert findings(loaded) == []
    function = functions(loaded)["mall-read"]
    assert function.name == "mall-read"
    assert [trigger.type for trigger in function.triggers] == ["http"]


@pytest.mark.parametrize(
    "environments",
    [
        "environments:\n  - key: MODE\n    value: fast\n  - {key: PORT, value: 9000}\n",
        "environments: {MODE: fast, PORT: 9000}\n",
        "environments:\n  variables:\n    MODE: fast\n    PORT: 9000\n",
        "environment: {variables: {MODE: fast, PORT: 9000}}\n",
        "environments:\n  - {key: '${env:FIRST}', value: '${env:SPEED}'}\n  - {key: PORT, value: 9000}\n",
    ],
)
def test_environment_is_read_in_every_form(workspace: Workspace, environments: str) -> None:
    loaded = load(workspace, f"{environments}functions: {{a: }}\n", FIRST="MODE", SPEED="fast")
    assert findings(loaded) == []
    assert settings(loaded, "a")["environment"] == {"variables": {"MODE": "fast", "PORT": "9000"}}


def test_variable_in_list_has_span_of_name_and_value(workspace: Workspace) -> None:
    loaded = load(workspace, "environments:\n  - key: DB_PASSWORD\n    value: hush\nfunctions: {a: }\n")
    function = functions(loaded)["a"]
    path = ("environment", "variables", "DB_PASSWORD")
    assert function.key_spans[path].start.line == 8
    assert (function.spans[path].start.line, function.spans[path].start.column) == (9, 14)
    assert settings(loaded, "a")["environment"] == {"variables": {"DB_PASSWORD": Secret("hush")}}


def test_empty_list_clears_environment(workspace: Workspace) -> None:
    loaded = load(workspace, "environments: []\ntags: []\nfunctions: {a: }\n")
    assert findings(loaded) == []
    assert (settings(loaded, "a")["environment"], settings(loaded, "a")["tags"]) == ({}, {})


def test_key_aliases_become_scf_keys(workspace: Workspace) -> None:
    loaded = load(
        workspace,
        """\
        vpc: {vpcId: vpc-aaaa, subnetId: subnet-bbbb}
        tags:
          - key: team
            value: orders
        functions:
          a:
          b:
            tags: {team: stock}
            environments: [{key: MODE, value: slow}]
        """,
    )
    assert findings(loaded) == []
    assert settings(loaded, "a")["vpcConfig"] == {"vpcId": "vpc-aaaa", "subnetId": "subnet-bbbb"}
    assert settings(loaded, "a")["tags"] == {"team": "orders"}
    assert settings(loaded, "b")["tags"] == {"team": "stock"}
    assert settings(loaded, "b")["environment"] == {"variables": {"MODE": "slow"}}


def test_src_of_function_is_relative_to_shared_folder(workspace: Workspace) -> None:
    workspace.write("code/read/index.py", "").write("elsewhere.zip", "")
    loaded = load(
        workspace,
        """\
        functions:
          a:
            src: ./read
          b:
            src: {src: read, exclude: [b/**]}
          c:
        """,
        MULTI.replace("src: ./code", "src: {src: ./code, exclude: [x/**]}"),
    )
    assert findings(loaded) == []
    sources = {key: function.source for key, function in functions(loaded).items()}
    root = str(workspace.root / "code")
    match sources["a"], sources["b"], sources["c"]:
        case FolderSource() as a, FolderSource() as b, FolderSource() as c:
            assert (a.root, a.exclude) == (f"{root}/read", ("x/**",))
            assert (b.root, b.exclude) == (f"{root}/read", ("b/**",))
            assert (c.root, c.exclude) == (root, ("x/**",))
        case _:
            pytest.fail("each is a folder")


def test_function_without_managed_code_does_not_inherit_src(workspace: Workspace) -> None:
    loaded = load(workspace, "functions:\n  a: {src: false}\n  b:\n")
    assert findings(loaded) == []
    kept, packaged = functions(loaded)["a"], functions(loaded)["b"]
    assert (kept.keeps_code, kept.source) == (True, None)
    assert not packaged.keeps_code
    assert isinstance(packaged.source, FolderSource)


def test_missing_part_is_reported_at_its_position(workspace: Workspace) -> None:
    loaded = load(workspace, "functions:\n  a:\n    src: ./raed\n")
    assert findings(loaded) == ["9:12 src-missing"]


def test_triggers_are_assigned_to_their_functions(workspace: Workspace) -> None:
    loaded = load(
        workspace,
        """\
        functions:
          a:
          b: {name: worker}
        triggers:
          - type: timer
            function: a
            parameters:
              name: nightly
              cronExpression: "0 0 2 * * * *"
              enable: true
          - type: timer
            function: worker
            parameters: {cronExpression: "0 0 3 * * * *", enable: false}
          - type: http
            function: b
        """,
    )
    assert findings(loaded) == []
    by_key = functions(loaded)
    assert [str(trigger.address) for trigger in by_key["a"].triggers] == [
        "trigger/default/shop-dev-mall-a/timer/nightly"
    ]
    assert [str(trigger.address) for trigger in by_key["b"].triggers] == [
        "trigger/default/worker/timer/timer-shop-dev",
        "trigger/default/worker/http/url-trigger",
    ]
    assert by_key["a"].triggers[0].spans["cronExpression",].start.line == 15


def test_api_gateway_is_reported_with_its_functions(workspace: Workspace) -> None:
    loaded = load(
        workspace,
        """\
        functions: {a: , b: , c: }
        triggers:
          - type: apigw
            function: c
            parameters:
              name: shop
              apis:
                - {path: /a, method: GET, function: a}
                - {path: /b, method: GET, function: b}
        """,
    )
    assert findings(loaded) == ["9:13 apigw-retired"]
    diagnostic = only(loaded)
    assert "API Gateway of a, b." in diagnostic.detail
    assert "type: http, function: a" in (diagnostic.hint or "")


@pytest.mark.parametrize(
    ("inputs", "expected", "words"),
    [
        ("functions: {a: }\nmemorysize: 3\n", ["8:3 unknown-key"], '"memorySize"'),
        ("functions: {a: }\nenviroments: []\n", ["8:3 unknown-key"], '"environment'),
        ("functions: {a: }\nevents: []\n", ["8:3 unknown-key"], "triggers:"),
        ("functoins: {a: }\n", ["7:3 unknown-key"], '"functions"'),
        ("memorySize: 128\n", ["5:3 missing-key"], "functions:"),
        ("functions:\n", ["7:3 missing-key"], "handler"),
        ("functions: {}\n", ["7:3 missing-key"], "handler"),
        ("functions: all\n", ["7:14 wrong-type"], "indented"),
        ("functions:\n  a: index\n", ["8:8 wrong-type"], "indented"),
        ("functions:\n  - handler: a.b\n", ["8:7 missing-key"], "name:"),
        ("functions:\n  a:\n    triggers: []\n", ["9:7 unknown-key"], "`events`"),
        ("functions:\n  a:\n    timeuot: 3\n", ["9:7 unknown-key"], '"timeout"'),
        ("functions: {a: }\ntimeout: x\n", ["8:12 wrong-type"], "digits"),
        ("functions: {a: , b: }\ntimeout: x\n", ["8:12 wrong-type"], "digits"),
        ("functions: {a: , b: }\nrole: ${env:R}\n", ["8:9 variable-unset"], "--var R"),
        ("functions: {a: }\nenvironments:\n  - key: A\n", ["9:7 missing-key"], "value:"),
        ("functions: {a: }\nenvironments:\n  - key: A\n    vlaue: 1\n", ["10:7 unknown-key"], '"value"'),
        ("functions: {a: }\nenvironments:\n  - {key: AB, value: 1}\n  - {key: AB, value: 2}\n",
         ["10:13 setting-twice"], "Keep one"),
        ("functions: {a: }\nenvironments: {}\nenvironment: {}\n", ["9:3 setting-twice"], "Keep one"),
        ("functions: {a: }\nenvironments: [AB]\n", ["8:18 wrong-type"], "- key: NAME"),
        ("functions: {a: }\ntriggers: {}\n", ["8:13 wrong-type"], "dash"),
        ("functions: {a: }\ntriggers: [timer]\n", ["8:14 wrong-type"], "- type: timer"),
        ("functions: {a: }\ntriggers:\n  - timer: {}\n", ["9:7 trigger-form"], "- type: timer"),
        ("functions: {alpha: }\ntriggers:\n  - {type: http, function: alhpa}\n", ["9:30 trigger-function"], '"alpha"'),
        ("functions: {a: }\ntriggers:\n  - {type: http}\n", ["9:7 missing-key"], "function:"),
        ("functions: {a: }\ntriggers:\n  - {function: a}\n", ["9:7 missing-key"], "type:"),
        ("functions: {a: }\ntriggers:\n  - {type: htpp, function: a}\n", ["9:14 trigger-unknown"], '"http"'),
        ("functions: {a: }\ntriggers:\n  - {type: http, functoin: a}\n", ["9:20 unknown-key"], '"function"'),
    ],
)  # fmt: skip
def test_errors_are_reported_once_at_their_position(
    workspace: Workspace, inputs: str, expected: list[str], words: str
) -> None:
    loaded = load(workspace, inputs)
    assert findings(loaded) == expected
    assert words in (only(loaded).hint or "")


def test_unused_runtime_is_reported_once(workspace: Workspace) -> None:
    loaded = load(workspace, "functions: {a: , b: }\n", MULTI.replace("  runtime: Python3.10\n", ""))
    assert findings(loaded) == ["5:3 runtime-missing?"]
    assert "`runtime: Nodejs18.15`" in str(only(loaded).hint)
    assert settings(loaded, "b")["runtime"] == "Nodejs12.16"


def test_unresolved_name_does_not_hide_other_mistakes(workspace: Workspace) -> None:
    loaded = load(workspace, "functions:\n  - name: '${env:WHO}-read'\n    timeout: ten\n")
    assert findings(loaded) == ["8:14 variable-unset", "9:16 wrong-type"]
    assert loaded.project is not None
    assert [diagnostic.rule for diagnostic in check(loaded.project)] == ["handler-not-in-source"]


def test_rules_report_shared_setting_once(workspace: Workspace) -> None:
    workspace.write("code/index.py", "def main_handler(event, context): ...\n")
    loaded = load(workspace, "memorySize: 100\nfunctions: {a: , b: , c: }\n")
    assert loaded.project is not None
    assert [diagnostic.rule for diagnostic in check(loaded.project)] == ["memory-step"]


def test_thousand_functions_are_read_in_time(workspace: Workspace) -> None:
    workspace.write("code/index.py", "def main_handler(event, context): ...\n")
    body = "".join(
        f"  f{number}:\n    handler: index.main_handler\n    environments: [{{key: NUMBER, value: {number}}}]\n"
        for number in range(1000)
    )
    triggers = "".join(f"  - {{type: http, function: f{number}}}\n" for number in range(1000))
    started = time.process_time()
    loaded = load(workspace, f"functions:\n{body}triggers:\n{triggers}")
    assert loaded.project is not None
    assert len(check(loaded.project)) == 0
    assert time.process_time() - started < 4  # about 1 s; coverage and slow machines take longer
    assert len(loaded.project.functions) == 1000


@pytest.mark.parametrize("shared", ["${env:FOLDER}", "{src: '${env:FOLDER}', exclude: [a]}"])
def test_function_with_own_src_in_unknown_shared_folder_is_no_further_error(workspace: Workspace, shared: str) -> None:
    loaded = workspace.load_text(
        f"component: multi-scf\nname: shop\ninputs:\n  src: {shared}\n  runtime: Python3.10\n"
        "  functions:\n    one: {src: ./one, handler: index.main}\n    two: {src: ./two, handler: index.main}\n"
    )
    assert [found.rule for found in loaded.diagnostics] == ["variable-unset"]
