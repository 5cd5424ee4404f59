from __future__ import annotations

import pytest

from scfdeploy.config.yaml import MappingNode, Node, ScalarNode, SequenceNode, Style, parse
from scfdeploy.diagnostics import Diagnostics


def tree_of(text: str) -> MappingNode:
    diagnostics = Diagnostics()
    node = parse(text, "f.yml", diagnostics)
    assert not list(diagnostics)
    assert isinstance(node, MappingNode)
    return node


def at(node: Node, *path: str | int) -> Node:
    for part in path:
        if isinstance(part, int):
            assert isinstance(node, SequenceNode)
            node = node.items[part]
        else:
            assert isinstance(node, MappingNode)
            entry = node.get(part)
            assert entry is not None
            node = entry.value
    return node


def place(node: Node) -> tuple[int, int, int, int]:
    return (node.span.start.line, node.span.start.column, node.span.end.line, node.span.end.column)


@pytest.mark.parametrize("text", ["yes", "0123", "1e3", "12:30", "1_000", "~", "0x1F", "2021-01-01", ".5", "NO", "007"])
def test_plain_scalar_keeps_its_text(text: str) -> None:
    node = at(tree_of(f"key: {text}\n"), "key")
    assert isinstance(node, ScalarNode)
    assert (node.text, node.style) == (text, Style.PLAIN)


def test_styles_are_distinguished() -> None:
    tree = tree_of("a: 'one'\nb: \"two\"\nc: |\n  three\nd: >-\n  four\n  more\ne: five\n")
    styles = {
        entry.key.text: (entry.value.text, entry.value.style) for entry in tree if isinstance(entry.value, ScalarNode)
    }
    assert styles == {
        "a": ("one", Style.QUOTED),
        "b": ("two", Style.QUOTED),
        "c": ("three\n", Style.BLOCK),
        "d": ("four more", Style.BLOCK),
        "e": ("five", Style.PLAIN),
    }


def test_columns_count_characters_from_one() -> None:
    tree = tree_of("键: 值 # 注释\n😀: [甲, '乙']\n")
    first, second = tree.entries
    assert place(first.key) == (1, 1, 1, 2)
    assert place(first.value) == (1, 4, 1, 5)
    assert place(second.key) == (2, 1, 2, 2)
    assert place(at(tree, "😀", 1)) == (2, 8, 2, 11)


def test_block_ends_with_its_last_value() -> None:
    tree = tree_of("a:\n  b: 1\n  c:\n    - x\n    - y z\n\n# end\nd: 1\n")
    assert place(at(tree, "a")) == (2, 3, 5, 10)
    assert place(at(tree, "a", "c")) == (4, 5, 5, 10)


def test_bracketed_value_ends_with_its_bracket() -> None:
    tree = tree_of("a: {b: [1, 2] }\nc: 1\n")
    assert place(at(tree, "a")) == (1, 4, 1, 16)
    assert place(at(tree, "a", "b")) == (1, 8, 1, 14)


def test_block_scalar_ends_with_its_last_line() -> None:
    assert place(at(tree_of("a: |\n  one\n  two\nb: 1\n"), "a")) == (1, 4, 3, 6)


def test_missing_value_has_empty_span() -> None:
    node = at(tree_of("a:\nb: 1\n"), "a")
    assert isinstance(node, ScalarNode)
    assert node.text == ""
    assert place(node) == (1, 3, 1, 3)


def test_alias_has_span_of_anchored_value() -> None:
    tree = tree_of("a: &x some text\nb: *x\nc: [*x]\n")
    assert at(tree, "b") is at(tree, "a")
    assert place(at(tree, "c", 0)) == (1, 7, 1, 16)


def test_merge_key_adds_entries_without_overriding() -> None:
    tree = tree_of("d: &d {a: 1, b: 2}\ne: &e {b: 3, c: 4}\nf:\n  <<: [*d, *e]\n  a: 9\n")
    merged = at(tree, "f")
    assert isinstance(merged, MappingNode)
    values = {entry.key.text: entry.value.text for entry in merged if isinstance(entry.value, ScalarNode)}
    assert values == {"a": "9", "b": "2", "c": "4"}
    assert place(at(tree, "f", "b")) == (1, 17, 1, 18)


def test_quoted_merge_key_is_ordinary_key() -> None:
    assert at(tree_of("'<<': 1\n"), "<<").span.start.column == 7


def test_string_tag_makes_text() -> None:
    node = at(tree_of("a: !!str 12\n"), "a")
    assert isinstance(node, ScalarNode)
    assert (node.text, node.style, place(node)) == ("12", Style.QUOTED, (1, 10, 1, 12))


def test_unicode_line_breaks_do_not_move_lines() -> None:
    tree = tree_of("# x\u2028y\na: b\u2028c\u0085d\ne: 1\n")
    node = at(tree, "a")
    assert isinstance(node, ScalarNode)
    assert node.text == "b\u2028c\u0085d"
    assert place(at(tree, "e")) == (3, 4, 3, 5)


def test_json_is_read() -> None:
    tree = tree_of('{\n\t"a": "b",\n\t"c": [1, true, null]\n}\n')
    assert place(at(tree, "c", 2)) == (3, 17, 3, 21)


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n"])
def test_empty_text_has_no_tree(text: str) -> None:
    assert parse(text, "f.yml", Diagnostics()) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'a: "x \ud83d\ude00 y"', "x 😀 y"),
        (r'a: "\uD83D\uDE00\ud83d\ude01\\ud83d\ude00\u5e97"', None),
        (r'a: "\uD83D\uDE00\ud83d\ude01\\ud83d\u5e97"', "😀😁\\ud83d店"),
        ('a: "x\n  \\ud83d\\ude00\n  \\ud83d\\ude01"', "x 😀 😁"),
        (r"a: '\ud83d\ude00'", r"\ud83d\ude00"),
        (r"a: \ud83d\ude00", r"\ud83d\ude00"),
        (r'a: "\ud83d"', None),
        (r'a: "\ude00\ud83d"', None),
    ],
)
def test_character_of_two_escapes_is_read(text: str, value: str | None) -> None:
    diagnostics = Diagnostics()

    node = parse(f"{text}\n", "f.yml", diagnostics)

    if value is None:
        assert [finding.rule for finding in diagnostics] == ["yaml-escape"]
    else:
        assert not list(diagnostics)
        assert node is not None
        found = at(node, "a")
        assert isinstance(found, ScalarNode)
        assert found.text == value


def test_position_after_a_character_of_two_escapes_is_that_of_the_file() -> None:
    tree = tree_of(
        '{"a": "\\ud83d\\ude00\\ud83d\\ude00", "\\ud83d\\ude00b": 1,\n "c": [\'x\', "\\ud83d\\ude00"], "d": 2}\n'
    )
    entries = {entry.key.text: entry for entry in tree}
    assert place(entries["a"].value) == (1, 7, 1, 33)
    assert place(entries["😀b"].key) == (1, 35, 1, 50)
    assert place(entries["😀b"].value) == (1, 52, 1, 53)
    assert place(entries["d"].value) == (2, 35, 2, 36)


def test_many_lines_with_characters_of_two_escapes_are_read() -> None:
    entries = ",\n".join(f' "k{number}": "\\ud83d\\ude00"' for number in range(200))
    assert len(tree_of(f"{{\n{entries}\n}}\n").entries) == 200


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("[cos:ObjectCreated:*]", ["cos:ObjectCreated:*"]),
        ("[a, qcs::cam:x , 'b']", ["a", "qcs::cam:x", "b"]),
        ("[http://a.b/c, 中:文] # both", ["http://a.b/c", "中:文"]),
        ("[[a:b], [c]]", ["a:b", "c"]),
    ],
)
def test_text_with_colons_in_a_list_between_brackets_needs_no_quotes(written: str, expected: list[str]) -> None:
    node = at(tree_of(f"key: {written}\n"), "key")
    texts = [item for item in flat(node) if isinstance(item, ScalarNode)]

    assert [item.text for item in texts] == expected
    for item in texts:
        _, start, _, end = place(item)
        assert f"key: {written}"[start - 1 : end - 1].strip("'") == item.text


def flat(node: Node) -> list[Node]:
    return [part for item in node.items for part in flat(item)] if isinstance(node, SequenceNode) else [node]


def test_text_with_colons_in_a_mapping_between_brackets_needs_no_quotes() -> None:
    tree = tree_of("variables: {URL: http://a.b/c, RATIO: 1:2}\nafter: x\n")

    assert [entry.value.text for entry in at(tree, "variables") if isinstance(entry.value, ScalarNode)] == [
        "http://a.b/c",
        "1:2",
    ]


@pytest.mark.parametrize("text", ["a: {timeout:3}\n", "a: {b: 1, timeout:3}\n"])
def test_key_between_brackets_without_a_space_is_an_error(text: str) -> None:
    diagnostics = Diagnostics()
    parse(text, "f.yml", diagnostics)

    assert diagnostics.has_errors
