"""Invalid YAML: each mistake is reported once, at the position that must be corrected."""

from __future__ import annotations

import pytest

from scfdeploy.config.yaml import MappingNode, Node, ScalarNode, parse
from scfdeploy.diagnostics import Diagnostics

# text, then `line:column-column rule` of each finding, then words that summary, detail or hint must hold
CASES = {
    "a tab for indentation": ("a:\n\tb: 1\n", ["2:1-2 yaml-tab"], "spaces"),
    "a tab in a later line": ("a:\n  b: 1\n\tc: 2\n", ["3:1-2 yaml-tab"], "spaces"),
    "many tabs are one mistake": ("a:\n\tb: 1\n\tc: 2\n", ["2:1-2 yaml-tab"], "2 lines"),
    "a cron expression": ("a:\n  cron: */5 * * * * * *\n", ["2:9-24 yaml-unquoted"], "'*/5 * * * * * *'"),
    "a cron expression and a comment": ("cron: * * * * * # often\n", ["1:7-16 yaml-unquoted"], "'* * * * *'"),
    "an alias of nothing": ("a: *foo\n", ["1:4-8 yaml-alias"], "Quote"),
    "an alias of itself": ("a: &a [*a]\n", ["1:8-10 yaml-alias"], "inside"),
    "an at sign": ("a: @x\n", ["1:4-6 yaml-unquoted"], "'@x'"),
    "a per cent sign": ("a: %x\n", ["1:4-6 yaml-unquoted"], "'%x'"),
    "a backtick": ("a: `x`\n", ["1:4-7 yaml-unquoted"], "'`x`'"),
    "a comparison": ("a: >=1.0\n", ["1:4-9 yaml-unquoted"], "'>=1.0'"),
    "an ampersand": ("a: & b\n", ["1:4-7 yaml-unquoted"], "'& b'"),
    "a tag": ("a: !Ref x\n", ["1:4-8 yaml-tag"], "Quote"),
    "a tag on a block": ("a: !x\n  b: 1\n", ["1:4-6 yaml-tag"], "Quote"),
    "an asterisk between brackets": ("a: [*.md, b]\n", ["1:5-9 yaml-unquoted"], "'*.md'"),
    "no colon before a brace": ("a: 1\nsrc {src: ./code, b: [x]}\n", ["2:1-4 yaml-colon"], "`src: …`"),
    "a second colon": ("a: Note: this\n", ["1:4-14 yaml-unquoted"], "Quote"),
    "no space after the colon": ("a:\n  b:1\n  c: 2\n", ["2:4-5 yaml-colon"], "`b: 1`"),
    "no space in the last line": ("a:\n  c: 2\n  b:1\n", ["3:4-5 yaml-colon"], "`b: 1`"),
    "a space before the colon only": ("a:\n  b: 1\n  AAA :BBB  \n", ["3:7-8 yaml-colon"], "`AAA: BBB`"),
    "a wide colon": ("名称：店\nc: d\n", ["1:3-4 yaml-colon"], "ASCII colon"),
    "no colon": ("a\nb: c\n", ["1:1-2 yaml-colon"], "`a: …`"),
    "no colon after a dash": ("- timer\n  p: 1\n", ["1:3-8 yaml-colon"], "`timer: …`"),
    "a value and a block": ("src: ./src\n  exclude: 1\n", ["2:3-13 yaml-indentation"], "already has a value"),
    "indentation between two levels": ("a:\n   b: 1\n  c: 2\n", ["3:3-7 yaml-indentation"], "in column 4"),
    "a list item too far right": ("e:\n  - a: 1\n   - b: 1\n", ["3:4-10 yaml-indentation"], "column 3"),
    "a key among list items": ("a:\n  - b\n  c: d\n", ["3:3-7 yaml-indentation"], "dash"),
    "a list item too far left": ("a:\n  e:\n    - b\n  - c\n", ["4:3-6 yaml-indentation"], "column 5"),
    "a later item too far right": ("e:\n  - a:\n      b: 1\n     - c\n", ["4:6-9 yaml-indentation"], "column 3"),
    "a first item without a dash": ("e:\n    a:\n      b: 1\n  - c: 1\n", ["2:5-7 yaml-indentation"], "column 3"),
    "no dash at all before": ("e:\n  a: 1\n  - c: 1\n", ["2:3-7 yaml-indentation"], "column 3"),
    "a list without a key": ("a: 1\n- b\n", ["2:1-4 yaml-indentation"], "column 1"),
    "a first line too far right": ("  a: 1\nb: 2\n", ["2:1-5 yaml-indentation"], "same column"),
    "an open quote": ('a: "abc\nb: c\n', ["1:4-5 yaml-quote"], "Close it"),
    "an open quote that another closes": ('a: "abc\nb: "x"\n', ["1:4-5 yaml-quote"], "Close it"),
    "text after a quote": ("a: 'x'y\nb: 1\n", ["1:7-8 yaml-quote"], "one pair of quotes"),
    "a backslash": ('a: "C:\\path"\n', ["1:7-9 yaml-escape"], "single quotes"),
    "an open bracket": ("a: [1, 2\nb: 3\n", ["1:4-5 yaml-bracket"], "Close it"),
    "a missing comma": ("a: {b: [1] c: 2}\n", ["1:12-13 yaml-bracket"], "comma"),
    "a variable in braces": ("b: {c: ${env:X}}\n", ["1:8-16 yaml-unquoted"], '"${env:X}"'),
    "a variable in brackets": ("b: [${env:X}, 1]\n", ["1:5-13 yaml-unquoted"], '"${env:X}"'),
    "a merge conflict": (
        "a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> x\n",
        ["2:1-8 yaml-merge-conflict"],
        "Lines 2 to 6",
    ),
    "two merge conflicts": (
        "<<<<<<< a\na: 1\n=======\na: 2\n>>>>>>> b\n<<<<<<< a\nb: 1\n=======\nb: 2\n>>>>>>> b\n",
        ["1:1-8 yaml-merge-conflict", "6:1-8 yaml-merge-conflict"],
        "Keep one side",
    ),
    "a template's braces": ("a: {{ x }}\n", ["1:5-10 yaml-placeholder"], "template"),
    "a template's statement": ("<% if %>\na: b\n", ["1:1-9 yaml-placeholder"], "template"),
    "the same key twice": ("a: 1\nb: 2\na: 3\n", ["3:1-2 duplicate-key"], "line 1 and again in line 3"),
    "several documents": ("a: 1\n---\nb: 2\n", ["2:1-4 yaml-documents"], "folder of its own"),
    "text after the end": ("a: 1\n...\nb: 2\n", ["2:1-4 yaml-documents"], "Remove"),
    "a list as a key": ("[a, b]: c\n", ["1:1-7 yaml-key"], "text"),
    "nothing to merge": ("a:\n  <<: 1\n", ["2:7-8 yaml-merge"], "mapping"),
    "a control character": ("a: x\x07\n", ["1:5-6 yaml-character"], "Remove"),
    "too many brackets": ("a: " + "[" * 3000, ["1:103-103 yaml-nesting"], "deep"),
    "too many levels": ("".join(" " * depth + "a:\n" for depth in range(3000)), ["101:101-101 yaml-nesting"], "deep"),
}  # fmt: skip


def read(text: str) -> tuple[Node | None, Diagnostics]:
    diagnostics = Diagnostics()
    return parse(text, "f.yml", diagnostics), diagnostics


@pytest.mark.parametrize(("text", "expected", "words"), CASES.values(), ids=CASES.keys())
def test_mistake_is_reported_once_at_its_position(text: str, expected: list[str], words: str) -> None:
    _, diagnostics = read(text)
    findings = []
    for diagnostic in diagnostics:
        assert diagnostic.subject is not None
        start, end = diagnostic.subject.start, diagnostic.subject.end
        findings.append(f"{start.line}:{start.column}-{end.column} {diagnostic.rule}")
    assert findings == expected
    messages = " ".join(f"{diagnostic.summary} {diagnostic.detail} {diagnostic.hint}" for diagnostic in diagnostics)
    assert words in messages


def test_alias_bomb_is_rejected_early() -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    for level in range(1, 30):
        levels.append(f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]")
    node, diagnostics = read("\n".join(levels))
    assert node is None
    assert [diagnostic.rule for diagnostic in diagnostics] == ["yaml-alias-bomb"]


def test_several_mistakes_are_reported_in_one_run() -> None:
    text = "a:1\nb: */5 *\nc: @x\nd: {e: ${stage}}\nf: Note: g\na: 2\nh: !x y\n"
    _, diagnostics = read(text)
    assert [
        (diagnostic.subject.start.line, diagnostic.rule) for diagnostic in diagnostics.sorted() if diagnostic.subject
    ] == [
        (1, "yaml-colon"),
        (2, "yaml-unquoted"),
        (3, "yaml-unquoted"),
        (4, "yaml-unquoted"),
        (5, "yaml-unquoted"),
        (6, "duplicate-key"),
        (7, "yaml-tag"),
    ]


def test_positions_after_recovery_match_the_file() -> None:
    _, diagnostics = read("a: {b: ${env:X}, c: ${env:Y}, d: *none}\n")
    assert [diagnostic.subject.start.column for diagnostic in diagnostics if diagnostic.subject] == [8, 21, 34]


def test_duplicate_key_names_first_position() -> None:
    _, diagnostics = read("a: 1\na: 2\n")
    (diagnostic,) = diagnostics
    assert [(words, str(span)) for words, span in diagnostic.related] == [("first set here", "f.yml:1:1")]


def test_duplicate_key_with_value_is_used() -> None:
    node, _ = read("a:\na: 2\n")
    assert isinstance(node, MappingNode)
    (entry,) = node
    assert isinstance(entry.value, ScalarNode)
    assert entry.value.text == "2"


def test_diagnostics_have_no_raw_parser_message() -> None:
    _, diagnostics = read("a: b\n? c\n  d\n ] e\n")
    for diagnostic in diagnostics:
        assert diagnostic.hint
        assert diagnostic.summary[0].isupper()
