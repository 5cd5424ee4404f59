"""Unknown spaces and zero-width characters are reported in the structure and kept in texts."""

from __future__ import annotations

import pytest

from scfdeploy.config.yaml import MappingNode, Node, ScalarNode, SequenceNode, parse
from scfdeploy.diagnostics import Diagnostics, Severity
from scfdeploy.diagnostics.edits import SourceText

SPACES = {
    "\u00a0": "no-break space (U+00A0)",
    "\u2003": "em space (U+2003)",
    "\u2009": "thin space (U+2009)",
    "\u202f": "narrow no-break space (U+202F)",
    "\u2028": "line-separator character (U+2028)",
    "\u3000": "full-width space (U+3000)",
}
WIDTHLESS = {
    "\u200b": "zero-width space (U+200B)",
    "\u200c": "zero width non-joiner (U+200C)",
    "\u200e": "left-to-right mark (U+200E)",
    "\u2060": "word joiner (U+2060)",
    "\ufeff": "zero-width no-break space (byte-order mark) (U+FEFF)",
    "\u00ad": "soft hyphen (U+00AD)",
}


def read(text: str) -> tuple[object, list[str], Diagnostics]:
    diagnostics = Diagnostics()
    node = parse(text, "f", diagnostics)
    findings = []
    for diagnostic in diagnostics:
        assert diagnostic.subject is not None
        start = diagnostic.subject.start
        mark = "" if diagnostic.severity is Severity.ERROR else "?"
        findings.append(f"{start.line}:{start.column} {diagnostic.rule}{mark}")
    return plain(node), findings, diagnostics


def plain(node: Node | None) -> object:
    match node:
        case ScalarNode():
            return node.text
        case SequenceNode(items=items):
            return [plain(item) for item in items]
        case MappingNode():
            return {entry.key.text: plain(entry.value) for entry in node}
    return None


PLACES = {
    "after a colon": ("a:\n  b:@1\n  c: 2\n", "2:5"),
    "after a colon in the last line": ("a:\n  b:@1\n", "2:5"),
    "after a colon and a space": ("a:\n  b: @1\n  c: 2\n", "2:6"),
    "before a colon": ("a:\n  b@: 1\n  c: 2\n", "2:4"),
    "behind a value": ("a:\n  b: 1@\n  c: 2\n", "2:7"),
    "behind a value before a comment": ("a:\n  b: 1@ # one\n  c: 2\n", "2:7"),
    "behind a key": ("a:@\n  b: 1\n  c: 2\n", "1:3"),
    "behind a quoted value": ("a:\n  b: '1'@\n  c: 2\n", "2:9"),
    "behind a quoted key": ("a:\n  'b':@1\n  c: 2\n", "2:7"),
    "between brackets": ("a: {b:@1, c: 2}\n", "1:7"),
    "after a comma": ("a: {b: 1,@c: 2}\n", "1:10"),
}


@pytest.mark.parametrize("char", SPACES)
@pytest.mark.parametrize("place", PLACES)
def test_unknown_space_in_structure_is_reported_at_its_position(char: str, place: str) -> None:
    text, at = PLACES[place]
    content, findings, diagnostics = read(text.replace("@", char))
    assert findings == [f"{at} invisible-character"]
    assert SPACES[char] in next(iter(diagnostics)).detail
    assert content == {"a": {"b": "1", "c": "2"}} or "c" not in text


@pytest.mark.parametrize("char", SPACES)
@pytest.mark.parametrize(
    ("text", "at"), [("a:\n  b: 1\n@@c: 2\n", "3:1"), ("a:\n  b: 1\n @c: 2\n", "3:2"), ("a:\n@@b: 1\n@@c: 2\n", "2:1")]
)
def test_unknown_space_in_indentation_is_reported_once(char: str, text: str, at: str) -> None:
    wide = char == "\u3000"
    content, findings, _ = read(text.replace("@@", char if wide else char * 2).replace("@", char))
    assert findings[0] == f"{at} invisible-character"
    if not (wide and " @" in text):
        assert (findings[1:], content) == ([], {"a": {"b": "1", "c": "2"}})


@pytest.mark.parametrize("char", [*SPACES, *WIDTHLESS])
@pytest.mark.parametrize(("text", "at"), [("a:\n  -@b\n  - c\n", "2:4"), ("a:\n  - b\n  -@ c\n", "3:4")])
def test_invisible_character_after_dash_is_reported(char: str, text: str, at: str) -> None:
    content, findings, _ = read(text.replace("@", char))
    assert (findings, content) == ([f"{at} invisible-character"], {"a": ["b", "c"]})


@pytest.mark.parametrize("char", WIDTHLESS)
@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("a:\n  b@b: 1\n  c: 2\n", "2:4"),
        ("a:\n  @bb: 1\n  c: 2\n", "2:3"),
        ("a:\n@  bb: 1\n  c: 2\n", "2:1"),
        ("a:\n  bb@: 1\n  c: 2\n", "2:5"),
        ("a:\n  bb: @1\n  c: 2\n", "2:7"),
        ("a:\n  bb:@1\n  c: 2\n", "2:6"),
        ("a:\n  bb: 1@\n  c: 2\n", "2:8"),
        ("a: # x\n  bb: 1 @# y\n  c: 2\n", "2:9"),
    ],
)
def test_zero_width_character_in_structure_is_reported_and_removed(char: str, text: str, at: str) -> None:
    content, findings, diagnostics = read(text.replace("@", char))
    assert (findings, content) == ([f"{at} invisible-character"], {"a": {"bb": "1", "c": "2"}})
    assert WIDTHLESS[char] in next(iter(diagnostics)).detail


@pytest.mark.parametrize("char", [*SPACES, *WIDTHLESS])
@pytest.mark.parametrize(
    "text",
    [
        "a: '@x @y@'\n",
        'a: "@"\n',
        "'a@': 1\n",
        "a: |\n  @x\n  y@\n   @z\nb: 1\n",
        "a: >-\n  x\n  @\n  y@ z\nb: 1\n",
        "a: 1 # a@comment@\n",
        "# @\na: 1\n",
        "a: 'x\n  @y'\n",
    ],
)
def test_invisible_character_in_a_text_or_comment_is_kept(char: str, text: str) -> None:
    content, findings, _ = read(text.replace("@", char))
    assert findings == []
    assert "#" in text or repr(char)[1:-1] in repr(content)


def test_unknown_space_in_unquoted_value_is_kept() -> None:
    assert read("a: 中文\u3000说明\u00a0x\n")[:2] == ({"a": "中文\u3000说明\u00a0x"}, [])


def test_joiner_within_an_unquoted_value_is_kept() -> None:
    assert read("a: x 👨\u200d👩 y\n")[:2] == ({"a": "x 👨\u200d👩 y"}, [])


def test_zero_width_character_in_unquoted_value_is_a_warning() -> None:
    content, findings, _ = read("a: index\u200b.main\n")
    assert (findings, content) == (["1:9 invisible-character?"], {"a": "index\u200b.main"})


def test_white_space_line_is_not_reported() -> None:
    assert read("a: 1\n\u3000\u00a0\n\u200b\nb: 2\n")[:2] == ({"a": "1", "b": "2"}, [])


def test_other_mistakes_keep_their_positions() -> None:
    _, findings, _ = read("a:\n\u3000b\u200b: 1\n\u3000c: @x\n")
    assert findings == ["2:1 invisible-character", "2:3 invisible-character", "3:5 yaml-unquoted"]


@pytest.mark.parametrize(
    "text",
    [
        "a:\n\u00a0\u00a0b:\u00a01\n\u00a0\u00a0c: 2\n",
        "a:\n\u3000b: 1\n\u3000c:\u30002\n",
        "a:\n  \u200bb: 1\n  c\ufeff: 2\n",
    ],
)
def test_fix_writes_ordinary_spaces(text: str) -> None:
    _, _, diagnostics = read(text)
    fixed, _ = SourceText(text).edited([diagnostic.fix for diagnostic in diagnostics])
    assert read(fixed)[:2] == ({"a": {"b": "1", "c": "2"}}, [])


@pytest.mark.parametrize(
    "line",
    [
        "a: '{}'",
        "a: {}x",
        "{}a: x",
        "a: x{}",
        "{}",
        "# {}",
        "- -{}x",
    ],
)
@pytest.mark.parametrize("char", ["\u00a0", "\u3000", "\u200b", "\u2028"])
def test_long_line_of_characters_is_read_in_linear_time(line: str, char: str) -> None:
    diagnostics = Diagnostics()
    parse(line.format(char * 20_000), "serverless.yml", diagnostics)
    assert len(diagnostics) <= 3
