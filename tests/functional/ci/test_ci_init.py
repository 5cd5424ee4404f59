"""`ci init` as people run it: what it finds out and what it leaves alone."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.support.ci_project import FILE, PACKAGE, ci_init, function, init, put, refused, step, uses
from tests.support.command import scfdeploy
from tests.support.rendered import workflow

pytestmark = pytest.mark.usefixtures("root")


class TestDetection:
    @pytest.mark.parametrize("manifest", ["requirements.txt", "src/requirements.txt", "pyproject.toml"])
    def test_python_packages_are_installed_by_the_build_command(self, manifest: str) -> None:
        function(".", more="  src: ./src\n  environment:\n    variables:\n      A: ${env:DB_URL}\n")
        put(manifest, '[project]\nname = "x"\ndependencies = ["requests"]\n' if "project" in manifest else "requests\n")

        flow = init()

        names = [one.get("name") for one in flow["jobs"]["build"]["steps"]]
        assert "Dependencies" not in names
        assert names.index("Validate") < names.index("Install dependencies and package")
        command = step(flow, "Install dependencies and package")
        assert command["run"].split()[1:3] == ["build", "--no-hook"]
        assert command["env"] == {"DB_URL": "placeholder"}
        assert ".scfdeploy/build" in step(flow, "Pack the build output")["run"]

    def test_python_with_a_manifest_elsewhere_is_installed_by_a_script(self) -> None:
        function("orders", more="  src: ./src\n")
        put("requirements.txt", "requests\n")

        dependencies = step(init("orders"), "Dependencies")

        assert dependencies["env"] == {"SOURCE": "orders/src", "MANIFEST": ".", "VERSION": "3.9"}
        assert "--platform manylinux2014_x86_64" in dependencies["run"]
        assert '--python-version "$VERSION"' in dependencies["run"]

    @pytest.mark.parametrize(
        ("build", "names"), [("false", ["Dependencies"]), ("{scripts: true}", ["Install dependencies and package"])]
    )
    def test_file_decides_who_installs(self, build: str, names: list[str]) -> None:
        function(".", more=f"  src: {{src: ./src, build: {build}}}\n")
        put("requirements.txt", "requests\n")

        steps = [one.get("name", "") for one in init()["jobs"]["build"]["steps"]]

        assert [name for name in steps if "ependencies" in name] == names

    def test_hook_with_a_build_is_followed_by_the_build_command(self) -> None:
        function(".", more="  src: {src: ./src, hook: make, build: true}\n")
        put("requirements.txt", "requests\n")

        steps = [one.get("name") for one in init()["jobs"]["build"]["steps"]]

        assert steps.index("Run src.hook") < steps.index("Install dependencies and package")

    def test_python_packages_go_into_the_code_of_every_function(self) -> None:
        put(
            "serverless.yml",
            "component: multi-scf\nname: shop\ninputs:\n  runtime: Python3.9\n  functions:\n"
            "    orders:\n      src: ./orders\n    users:\n      src: ./users\n    more:\n      src: ./orders\n",
        )
        put("requirements.txt")
        put("users/requirements.txt")

        flow = init()

        assert step(flow, "Install dependencies and package")
        (python,) = [one for one in flow["jobs"]["build"]["steps"] if "setup-python" in one.get("uses", "")]
        assert python["with"]["cache-dependency-path"].split() == ["requirements.txt", "users/requirements.txt"]

    def test_python_without_dependencies_installs_none(self) -> None:
        function(".")
        assert uses(init()) == ["actions/checkout", "actions/upload-artifact"]

    @pytest.mark.parametrize(
        ("lock", "words"),
        [
            ("package-lock.json", ["npm ci", "npm run build"]),
            ("pnpm-lock.yaml", ["pnpm install --frozen-lockfile", "pnpm run build"]),
            ("yarn.lock", ["yarn install --frozen-lockfile", "yarn run build"]),
        ],
    )
    def test_nodejs_by_its_lock_file(self, lock: str, words: list[str]) -> None:
        function("api", "Nodejs16.13")
        put("api/package.json", "{}")
        put(f"api/{lock}")

        flow = init("api")

        build = step(flow, "Build")
        assert all(word in build["run"] for word in [*words, "rm -rf node_modules"])
        assert step(flow, "Install dependencies and package")
        assert build["env"] == {"MANIFEST": "api"}
        (node,) = [
            one for one in flow["jobs"]["build"]["steps"] if one.get("uses", "").startswith("actions/setup-node")
        ]
        assert node["with"]["node-version"] == "16.13"

    @pytest.mark.parametrize("lock", ["package-lock.json", "pnpm-lock.yaml", "yarn.lock"])
    def test_lock_file_of_a_workspace_names_the_tool(self, lock: str) -> None:
        function("packages/api", "Nodejs16.13")
        put("packages/api/package.json", '{"name": "api", "dependencies": {"ms": "1"}}')
        put("package.json", '{"workspaces": ["packages/*"]}')
        put("pnpm-workspace.yaml", "packages: ['packages/*']\n")
        put(lock, "{}")

        flow = init("packages/api")

        assert lock.partition("-lock")[0].removesuffix(".lock").replace("package", "npm") in step(flow, "Build")["run"]
        assert step(flow, "Install dependencies and package")
        paths = [one["with"].get("cache-dependency-path") for one in flow["jobs"]["build"]["steps"] if "with" in one]
        assert (lock != "package-lock.json") or "package-lock.json\n" in paths

    def test_npm_without_lock_file_is_reported(self) -> None:
        function(".", "Nodejs18.15")
        put("package.json", "{}")
        ran = ci_init("github")
        assert "package-lock.json is missing" in ran.stdout
        assert "npm prune --omit=dev" in step(workflow(FILE.read_text("utf-8")), "Dependencies and build")["run"]

    @pytest.mark.parametrize(("manifest", "word"), [("pom.xml", "mvn"), ("build.gradle.kts", "gradle")])
    def test_java_web_puts_jar_and_bootstrap_into_the_folder_of_the_file(self, manifest: str, word: str) -> None:
        function(".", "Java8", "  type: web\n  src: ./package\n")
        put(manifest)

        flow = init()

        assert word in step(flow, "Build")["run"]
        jar = step(flow, "Put the jar and scf_bootstrap into one folder")
        assert jar["env"] == {"SOURCE": "package", "MANIFEST": ".", "FOLDER": "."}

    def test_java_web_without_own_folder_names_the_folder(self) -> None:
        function(".", "Java11", "  type: web\n")
        put("pom.xml")
        assert "set `src: ./zip`" in ci_init("github").stdout

    def test_java_event_is_built_alone(self) -> None:
        function(".", "Java11", "  src: ./target/app.jar\n")
        put("pom.xml")
        names = [one.get("name") for one in init()["jobs"]["build"]["steps"]]
        assert "Build" in names
        assert "Put the jar and scf_bootstrap into one folder" not in names

    def test_a_language_without_a_serverless_yml(self) -> None:
        put("pom.xml")
        assert "actions/setup-java" in uses(init())

    def test_a_framework_has_the_language_of_the_framework(self) -> None:
        put("serverless.yml", "component: express\nname: site\ninputs:\n  src: ./\n")
        put("package.json", "{}")
        assert "actions/setup-node" in uses(init())

    @pytest.mark.parametrize("component", ["express", "tencent-express", "'@serverless/express@1.0'"])
    def test_a_framework_is_known_however_it_is_called(self, component: str) -> None:
        put("serverless.yml", f"component: {component}\nname: site\ninputs:\n  src: ./\n")
        assert ci_init("github").exit_code == 0

    def test_a_runtime_is_found_where_other_kinds_have_it(self) -> None:
        put("serverless.yml", "component: http\nname: site\ninputs:\n  faas:\n    runtime: Nodejs16.13\n")
        put("package.json", "{}")
        assert "actions/setup-node" in uses(init())

    def test_a_runtime_without_pipelines_is_named(self) -> None:
        function(".", "Php7.4")
        assert 'no pipeline template for the runtime "Php7.4"' in refused().stderr

    def test_the_stage_is_that_of_the_file(self) -> None:
        function(".", top="stage: live\n")
        assert init()["jobs"]["apply"]["environment"] == "live"

    def test_required_environment_variables_come_from_secrets(self) -> None:
        variables = "      A: ${env:DB_URL}\n      B: ${env:LEVEL, info}\n      # C: ${env:COMMENTED_OUT}\n"
        function(".", more=f"  environment:\n    variables:\n{variables}")

        flow = init("--secret", "EXTRA")

        assert step(flow, "Validate")["env"] == {"EXTRA": "placeholder", "DB_URL": "placeholder"}
        for job, name in (("plan", "Plan"), ("apply", "Apply the plan")):
            assert step(flow, name, job)["env"]["DB_URL"] == "${{ secrets.DB_URL }}"
            assert "LEVEL" not in step(flow, name, job)["env"]

    def test_folders_that_stand_alone_are_a_matrix_and_linked_ones_one_project(self) -> None:
        for folder in ("orders", "users"):
            function(folder)
            put(f"{folder}/requirements.txt")
        alone = init()
        assert [one["path"] for one in alone["jobs"]["apply"]["strategy"]["matrix"]["project"]] == ["orders", "users"]

        function("users", more="  environment:\n    variables:\n      A: ${output:dev:shop:hello.name}\n")
        together = init("--force")
        assert "strategy" not in together["jobs"]["apply"]
        (python,) = [one for one in together["jobs"]["build"]["steps"] if "setup-python" in one.get("uses", "")]
        assert python["with"]["cache-dependency-path"].split() == ["orders/requirements.txt", "users/requirements.txt"]

    @pytest.mark.parametrize(
        ("arguments", "message"), [((), "no runtime was found"), (("--runtime", "cobol"), "cobol")]
    )
    def test_missing_or_unknown_runtime_is_rejected_with_choices(
        self, arguments: tuple[str, ...], message: str
    ) -> None:
        ran = refused(*arguments)
        assert message in ran.stderr
        assert "python" in ran.stderr

    def test_folders_of_several_languages_are_named(self) -> None:
        function("a")
        function("b", "Nodejs18.15")
        assert "several languages (nodejs, python)" in refused().stderr


class TestWrittenFile:
    def test_nothing_but_the_actions_pinned_by_commit(self) -> None:
        init("--runtime", "python")
        pins = re.findall(r"uses: (.+)", FILE.read_text("utf-8"))
        assert pins
        assert all(re.fullmatch(r"[a-z-]+/[a-z-]+@[0-9a-f]{40} # v[0-9]+(\.[0-9]+)*", pin) for pin in pins)

    def test_least_permissions_an_environment_and_one_run_at_a_time(self) -> None:
        flow = init("--runtime", "python", "--stage-branch", "main=prod", "--keys", "oidc")
        jobs = flow["jobs"]
        assert flow["permissions"] == {}
        assert {name: job["permissions"] for name, job in jobs.items()} == {
            "build": {"contents": "read"},
            "plan": {"id-token": "write"},
            "comment": {"pull-requests": "write"},
            "apply": {"id-token": "write"},
        }
        assert jobs["apply"]["environment"] == "prod"
        assert flow["concurrency"]["group"] == "scfdeploy-${{ github.ref }}"
        assert "secrets." not in FILE.read_text("utf-8")

    def test_keys_reach_only_the_steps_that_need_them(self) -> None:
        flow = init("--runtime", "nodejs", "--build", "npm")
        with_keys = {
            (job, one.get("name"))
            for job, body in flow["jobs"].items()
            for one in body["steps"]
            if "secrets." in json.dumps(one)
        }
        assert with_keys == {("plan", "Plan"), ("apply", "Apply the plan")}
        assert all("secrets." not in json.dumps(body.get("env", {})) for body in flow["jobs"].values())

    def test_several_stages_are_a_matrix_by_branch(self) -> None:
        flow = init(
            "--runtime",
            "java",
            "--stage-branch",
            "main=prod",
            "--stage-branch",
            "main=eu",
            "--stage-branch",
            "dev=test",
        )
        stage = flow["jobs"]["apply"]["strategy"]["matrix"]["stage"]
        assert '{"main":["prod","eu"],"dev":["test"]}' in stage
        assert flow["on"]["push"]["branches"] == ["main", "dev"]

    def test_again_is_the_same_and_says_so(self) -> None:
        init("--runtime", "python")
        before = FILE.stat().st_mtime_ns
        ran = ci_init("github", "--runtime", "python")
        assert (ran.exit_code, ran.stdout) == (0, f"{FILE} is up to date\n")
        assert FILE.stat().st_mtime_ns == before

    def test_the_first_line_makes_the_same_file_again(self) -> None:
        function(".")
        init(
            "--stage-branch",
            "it's=a b",
            "--secret",
            "KEY",
            "--keys",
            "oidc",
            "--package",
            f"scfdeploy @ git+ssh://git@x/y@{'a' * 40}",
        )
        text = FILE.read_text("utf-8")
        import shlex

        words = shlex.split(text.splitlines()[0].removeprefix("# scfdeploy "))
        FILE.unlink()
        assert scfdeploy(*words).exit_code == 0
        assert FILE.read_text("utf-8") == text

    def test_another_file_is_shown_the_difference_to_and_left(self) -> None:
        put(str(FILE), "mine: \x1b[31m\n")
        ran = ci_init("github", "--runtime", "python")
        assert ran.exit_code == 1
        assert "-mine: \\x1b[31m" in ran.stdout
        assert "+name: scfdeploy" in ran.stdout
        assert "--force" in ran.stderr
        assert FILE.read_text() == "mine: \x1b[31m\n"

        forced = ci_init("github", "--runtime", "python", "--force")
        assert forced.exit_code == 0
        assert "-mine" in forced.stdout
        assert "name: scfdeploy" in FILE.read_text("utf-8")

    def test_a_link_is_never_written_through(self, root: Path) -> None:
        put("elsewhere", "mine")
        FILE.parent.mkdir(parents=True)
        FILE.symlink_to(root / "elsewhere")
        assert ci_init("github", "--runtime", "python", "--force").exit_code == 1
        assert Path("elsewhere").read_text() == "mine"


def test_on_a_terminal_it_asks_and_offers_what_it_found(root: Path) -> None:
    import os
    import pty
    import subprocess
    import sys

    function(".", "Nodejs18.15", top="stage: live\n")
    put("package.json", "{}")
    ours, theirs = pty.openpty()
    project = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-m", "scfdeploy", "ci", "init", "github"],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(project), "TERM": "dumb"},
    ) as process:
        os.write(ours, f"{PACKAGE}\n\n\n\nmain=live next=test\noidc\n".encode())
        printed, _ = process.communicate(timeout=60)
    asked = os.read(ours, 10_000).decode()
    os.close(ours)
    os.close(theirs)

    assert process.returncode == 0, asked
    assert "Source of scfdeploy (git+https://" in asked
    assert "Language (python, nodejs, java) [nodejs]" in asked
    assert "Branches and their stages [main=live]" in asked
    assert b"wrote " in printed
    flow = workflow(FILE.read_text("utf-8"))
    assert flow["on"]["push"]["branches"] == ["main", "next"]
    assert flow["jobs"]["plan"]["permissions"] == {"id-token": "write"}


def test_stage_that_no_option_can_express_is_refused(root: Path) -> None:
    function(".", top="stage: a=b\n")

    assert "the stage 'a=b' contains =" in refused().stderr
    assert init("--stage-branch", "main=dev")["jobs"]["apply"]["environment"] == "dev"
