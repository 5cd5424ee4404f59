from __future__ import annotations

import pytest

from scfdeploy.config import LoadResult
from scfdeploy.model import ArchiveSource, FolderSource, ObjectSource
from tests.support.configured import Workspace, findings, function_of, only


def load(workspace: Workspace, src: str) -> LoadResult:
    """Load a file with this `src`, which begins in line 4."""
    return workspace.load_text(f"component: scf\nname: shop\ninputs:\n  src: {src}\n  runtime: Python3.10\n")


@pytest.mark.parametrize("written", ["./code", "code", "code/", "./x/../code"])
def test_folder_is_read(workspace: Workspace, written: str) -> None:
    source = function_of(load(workspace, written)).source
    assert isinstance(source, FolderSource)
    assert source.root == str(workspace.root / "code")
    assert str(source.span) == "serverless.yml:4:8"


def test_path_is_relative_to_file(workspace: Workspace) -> None:
    workspace.write("fn/serverless.yml", "component: scf\nname: a\ninputs: {src: ../code, runtime: Go1}\n")
    source = function_of(workspace.load("fn")).source
    assert isinstance(source, FolderSource)
    assert source.root == str(workspace.root / "code")


def test_absolute_path_is_read(workspace: Workspace) -> None:
    source = function_of(load(workspace, str(workspace.root / "code"))).source
    assert isinstance(source, FolderSource)


@pytest.mark.parametrize("name", ["app.zip", "app.jar", "app.WAR"])
def test_archive_is_read(workspace: Workspace, name: str) -> None:
    function = function_of(load(workspace.write(name, ""), f"./{name}"))
    assert function.source == ArchiveSource(str(workspace.root / name), function.spans["src",])


def test_patterns_are_read(workspace: Workspace) -> None:
    loaded = load(workspace, "{src: ./code, exclude: [node_modules/**, '*.md'], include: [../shared/x.py]}")
    assert findings(loaded) == []
    source = function_of(loaded).source
    assert isinstance(source, FolderSource)
    assert (source.exclude, source.include) == (("node_modules/**", "*.md"), ("../shared/x.py",))
    assert str(source.span) == "serverless.yml:4:14"


@pytest.mark.parametrize("bucket", ["codes", "codes-1250000000"])
def test_bucket_of_object_loses_account_id(workspace: Workspace, bucket: str) -> None:
    function = function_of(load(workspace, f"{{bucket: {bucket}, object: /code.zip}}"))
    assert function.source == ObjectSource("codes", "/code.zip", function.spans["src",])


@pytest.mark.parametrize("bucket", ["codes", "codes-1250000000"])
def test_bucket_of_folder_is_read(workspace: Workspace, bucket: str) -> None:
    source = function_of(load(workspace, f"{{src: ./code, bucket: {bucket}, exclude: [a]}}")).source
    assert isinstance(source, FolderSource)
    assert (source.bucket, source.exclude) == ("codes", ("a",))


def test_short_number_stays_in_bucket_name(workspace: Workspace) -> None:
    source = function_of(load(workspace, "{bucket: codes-2024, object: a}")).source
    assert isinstance(source, ObjectSource)
    assert source.bucket == "codes-2024"


@pytest.mark.parametrize(
    ("src", "expected"),
    [
        ("", ["4:3 missing-key"]),
        ("''", ["4:8 src-missing"]),
        ("./cod", ["4:8 src-missing"]),
        ("'a\\0b'", ["4:8 src-missing"]),
        ("code/index.py", ["4:8 src-kind"]),
        ("[./code]", ["4:8 wrong-type"]),
        ("{}", ["4:8 missing-key"]),
        ("{exclude: [a]}", ["4:8 missing-key"]),
        ("{bucket: b}", ["4:8 missing-key"]),
        ("{object: b}", ["4:8 missing-key"]),
        ("{src: }", ["4:9 missing-key"]),
        ("{src: ./cod, exclude: x}", ["4:14 src-missing", "4:30 wrong-type"]),
        ("{src: ./code, object: b}", ["4:22 src-two-sources"]),
        ("{hook: npm i}", ["4:8 missing-key"]),
        ("{src: ./cod, hook: npm i}", ["4:14 src-missing"]),
        ("{src: code/index.py, dist: ./d, hook: npm i}", ["4:14 src-kind"]),
        ("{dist: ./d}", ["4:15 src-missing"]),
        ("{bucket: b, object: c, hook: npm i}", ["4:20 src-two-sources"]),
        ("{src: ./code, excludes: [a]}", ["4:22 unknown-key"]),
        ("${env:SRC}", ["4:8 variable-unset"]),
        ("{src: '${env:SRC}'}", ["4:15 variable-unset"]),
    ],
)
def test_invalid_src_is_reported(workspace: Workspace, src: str, expected: list[str]) -> None:
    assert sorted(findings(load(workspace, src))) == sorted(expected)


def test_prefix_of_included_path_is_read(workspace: Workspace) -> None:
    loaded = _with_include(workspace, "      - source: ./requirements\n        prefix: ../\n      -\n      - ./more\n")
    assert findings(loaded) == ["10:8 empty-value?"]
    source = function_of(loaded).source
    assert isinstance(source, FolderSource)
    assert source.included == (("./requirements", "../"), ("./more", ""))


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("prefix: ../", "8:9 missing-key"),
        ("{source: ./a, prefx: ../}", "8:23 unknown-key"),
        ("{source: [./a]}", "8:18 wrong-type"),
        ("{source: './${env:FOLDER}'}", "8:21 variable-unset"),
        ("path: ./a", "8:9 wrong-type"),
    ],
)
def test_invalid_item_of_include_is_reported_at_its_place(workspace: Workspace, item: str, expected: str) -> None:
    assert findings(_with_include(workspace, f"      - {item}\n")) == [expected]


def _with_include(workspace: Workspace, items: str) -> LoadResult:
    return workspace.load_text(
        "component: scf\nname: shop\ninputs:\n  runtime: Go1\n  src:\n    src: ./code\n    include:\n" + items
    )


def test_missing_src_is_an_error(workspace: Workspace) -> None:
    loaded = workspace.load_text("component: scf\nname: shop\ninputs:\n  runtime: Go1\n")
    assert findings(loaded) == ["4:3 missing-key"]
    assert function_of(loaded).source is None


@pytest.mark.parametrize("written", ["false", "False"])
def test_false_leaves_the_code_alone(workspace: Workspace, written: str) -> None:
    loaded = load(workspace, written)
    assert findings(loaded) == []
    assert function_of(loaded).keeps_code
    assert function_of(loaded).source is None


@pytest.mark.parametrize("written", ['"false"', "true", "'no'"])
def test_other_value_is_a_path(workspace: Workspace, written: str) -> None:
    assert findings(load(workspace, written)) == ["4:8 src-missing"]


def test_missing_path_is_reported_with_suggestion(workspace: Workspace) -> None:
    diagnostic = only(load(workspace, "./cod"))
    assert str(workspace.root / "cod") in diagnostic.detail
    assert diagnostic.hint == 'Did you mean "code"?'


def test_hook_output_need_not_exist(workspace: Workspace) -> None:
    loaded = load(workspace, "{src: ./code, dist: ./out, hook: npm run build, exclude: [a]}")
    assert findings(loaded) == []
    source = function_of(loaded).source
    assert isinstance(source, FolderSource)
    assert (source.root, source.exclude) == (str(workspace.root / "out"), ("a",))
    assert source.hook is not None
    assert (source.hook.command, source.hook.cwd) == ("npm run build", str(workspace.root / "code"))
    assert source.hook.span.start.column == 41


@pytest.mark.parametrize(
    ("src", "root", "cwd"),
    [("{src: ./code, hook: make}", "code", "code"), ("{dist: code, hook: make}", "code", ".")],
)
def test_hook_runs_in_src_or_folder_of_file(workspace: Workspace, src: str, root: str, cwd: str) -> None:
    source = function_of(load(workspace, src)).source
    assert isinstance(source, FolderSource)
    assert source.hook is not None
    assert (source.root, source.hook.cwd) == (str(workspace.root / root), str(workspace.root / cwd))


def test_hook_can_create_archive(workspace: Workspace) -> None:
    source = function_of(load(workspace, "{dist: target/app.jar, hook: mvn package}")).source
    assert isinstance(source, ArchiveSource)
    assert source.hook is not None


def test_folder_can_be_named_dist(workspace: Workspace) -> None:
    source = function_of(load(workspace, "{dist: ./code}")).source
    assert isinstance(source, FolderSource)
    assert (source.root, source.hook) == (str(workspace.root / "code"), None)
