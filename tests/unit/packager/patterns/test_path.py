"""The patterns of `src.exclude`: those of a .gitignore file, with the braces and groups of the vendor's tool."""

from pathlib import Path

import pytest

from scfdeploy.packager.patterns.braces import MAX_EXPANSIONS, expand
from scfdeploy.packager.patterns.path import Patterns
from tests.support.packaging import folder, names, outcome, packed, refused, write_tree

_FILES = ["a.js", "a.md", "a.min.js", "a.py", "b/a.ts", "b/x.md", "docs/d.md", "f1.txt", "f3.txt", "f4.txt"]


@pytest.mark.parametrize(
    ("pattern", "left_out"),
    [
        ("*.!(js)", ["a.md", "a.min.js", "a.py", "b/a.ts", "b/x.md", "docs/d.md", "f1.txt", "f3.txt", "f4.txt"]),
        ("*.!(js|ts|txt|min.js)", ["a.md", "a.py", "b/x.md", "docs/d.md"]),
        ("*.@(md|py)", ["a.md", "a.py", "b/x.md", "docs/d.md"]),
        ("*.{md,py}", ["a.md", "a.py", "b/x.md", "docs/d.md"]),
        ("*.{m{d,x},p?(y)}", ["a.md", "a.py", "b/x.md", "docs/d.md"]),
        ("{docs,b}/**", ["b/a.ts", "b/x.md", "docs/d.md"]),
        ("**/@(docs|b)/*.md", ["b/x.md", "docs/d.md"]),
        ("@(docs|b)/@(d|x).md", ["b/x.md", "docs/d.md"]),
        ("{b/a.ts,docs/d.md}", ["b/a.ts", "docs/d.md"]),
        ("@(b/a.ts|docs/d.md)", ["b/a.ts", "docs/d.md"]),
        ("f{1..3}.txt", ["f1.txt", "f3.txt"]),
        ("f{4..1..3}.txt", ["f1.txt", "f4.txt"]),
        ("a.?(min.)js", ["a.js", "a.min.js"]),
        ("a.*(min.)js", ["a.js", "a.min.js"]),
        ("a.+(min.)js", ["a.min.js"]),
        ("a.+(m|i|n|.)js", ["a.min.js"]),
        ("!(a|f*).!(md)", ["a.min.js"]),
        ("+([a-e])/**", ["b/a.ts", "b/x.md"]),
        ("(a|f1).{py,txt}", ["a.py", "f1.txt"]),
        ("f[[:digit:]].txt", ["f1.txt", "f3.txt", "f4.txt"]),
        ("f[!1].txt", ["f3.txt", "f4.txt"]),
        ("f[^1].txt", ["f3.txt", "f4.txt"]),
        ("a.[jp][sy]", ["a.js", "a.py"]),
        ("./b", ["b/a.ts", "b/x.md"]),
        ("/a.js", ["a.js"]),
        ("b/", ["b/a.ts", "b/x.md"]),
        ("**/*.md", ["a.md", "b/x.md", "docs/d.md"]),
        ("**", _FILES),
    ],
)
def test_vendor_pattern_excludes_matching_files(tmp_path: Path, pattern: str, left_out: list[str]) -> None:
    tree = write_tree(tmp_path / "code", dict.fromkeys([*_FILES, "+plus"], "x"))
    kept = names(packed(folder(tree, exclude=(pattern, "+plus")), tmp_path / "cache")) if left_out != _FILES else []
    assert sorted({*_FILES} - {*kept}) == sorted(left_out)


@pytest.mark.parametrize(
    ("patterns", "left_out"),
    [
        (["*.md", "!docs/d.md"], ["a.md", "b/x.md"]),
        (["*.{md,py}", "!a.@(md|py)"], ["b/x.md", "docs/d.md"]),
        (["**", "!*.js", "!f?.txt"], ["a.md", "a.py", "b/a.ts", "b/x.md", "docs/d.md"]),
        (["b", "!b/x.md"], ["b/a.ts"]),
        (["*.md", "!docs/"], ["a.md", "b/x.md", "docs/d.md"]),
    ],
)
def test_negated_pattern_includes_matching_files_again(
    tmp_path: Path, patterns: list[str], left_out: list[str]
) -> None:
    tree = write_tree(tmp_path / "code", dict.fromkeys(_FILES, "x"))
    bundle, _ = outcome(folder(tree, exclude=tuple(patterns)), tmp_path / "cache")
    assert bundle is not None
    assert sorted({*_FILES} - {*names(bundle)}) == left_out


@pytest.mark.parametrize(
    ("name", "pattern"), [("{a}", "{a}"), ("a(1).txt", "a(1).txt"), ("#x#", "\\#*"), ("[", "["), ("a*b", "a\\*b")]
)
def test_brackets_without_meaning_are_literal(tmp_path: Path, name: str, pattern: str) -> None:
    tree = write_tree(tmp_path / "code", {name: "", "index.py": ""})
    assert names(packed(folder(tree, exclude=(pattern,)), tmp_path / "cache")) == ["index.py"]


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("{1..100000}", "more than 1000 patterns"),
        ("{a,b}" * 40, "more than 1000 patterns"),
        ("@(" * 50 + "a" + ")" * 50, "nested"),
        ("+(a/b)", '"/"'),
        ("[z-a]", "reverse order"),
        ("tests\\", "ends with a backslash"),
        ("a*" * 3000, "longer than"),
    ],
)
def test_invalid_pattern_is_rejected_with_reason(tmp_path: Path, pattern: str, why: str) -> None:
    tree = write_tree(tmp_path / "code", {"a.py": ""})
    found = refused(folder(tree, exclude=(pattern,)), tmp_path / "cache")
    assert found.rule == "exclude-invalid"
    assert why in found.detail


@pytest.mark.parametrize(
    "pattern", ["*a" * 100 + "b", "+(a|aa|+(a))" * 20 + "b", "*(*(*(*(a))))b", "!(" * 20 + "b" + ")" * 20]
)
def test_pattern_with_many_possible_matches_is_matched_quickly(pattern: str) -> None:
    # A matcher that tries one way after the other would not come back from these.
    left_out, bits = Patterns([pattern]).match("a" * 255)
    assert left_out == bool(bits)


def test_number_of_expansions_is_limited_for_nested_braces() -> None:
    assert len(expand("{" + ",".join(map(str, range(MAX_EXPANSIONS))) + "}")) == MAX_EXPANSIONS
