"""Reading of catalogues of translations."""

from __future__ import annotations

from pathlib import Path

from scfdeploy.cli.catalogue import read_catalogue


def read(tmp_path: Path, text: str) -> dict[str, str]:
    file = tmp_path / "zh_CN.po"
    file.write_text(text, encoding="utf-8")
    return read_catalogue(str(file))


def test_text_of_several_lines_with_escaped_characters(tmp_path: Path) -> None:
    entry = 'msgid ""\n"a \\"b\\"\\n"\n"\\\\n\\tc"\nmsgstr ""\n"甲\\n"\n"乙"\n'

    assert read(tmp_path, entry) == {'a "b"\n\\n\tc': "甲\n乙"}


def test_headers_and_texts_without_translation_are_left_out(tmp_path: Path) -> None:
    headers = 'msgid ""\nmsgstr ""\n"Language: zh_CN\\n"\n'
    entries = '\n#: a.py\nmsgid "one"\nmsgstr ""\n\n#~ msgid "old"\n#~ msgstr "旧"\n\nmsgid "two"\nmsgstr "二"\n'

    assert read(tmp_path, headers + entries) == {"two": "二"}


def test_line_ends_of_windows(tmp_path: Path) -> None:
    assert read(tmp_path, 'msgid "one"\r\nmsgstr "一"\r\n') == {"one": "一"}
