"""Lines that begin in a column in which nothing else begins."""

from __future__ import annotations

from scfdeploy.config.yaml.mistake import Broken, Mistake, indent_of, value_end


def find_indentation(broken: Broken) -> Mistake | None:
    """A line that belongs to no block by its column."""
    text = broken.text(broken.line)
    column = indent_of(text)
    if not text.strip() or column != broken.column:
        return None
    length = max(value_end(text, column) - column, 1)
    above = broken.line_before(broken.line)
    if "<document start>" in broken.problem and broken.text(above).startswith("..."):
        return Mistake(
            "yaml-documents",
            above,
            0,
            3,
            "Text after the end of the document",
            "A line of three dots ends a document; nothing can follow it.",
            "Remove the line.",
        )
    if "<document start>" in broken.problem:
        return Mistake(
            "yaml-indentation",
            broken.line,
            column,
            length,
            "Starts further left than the first line",
            "The first key says in which column all keys of this level start.",
            "Start all of them in the same column.",
        )
    if "block collection" not in broken.context and "block mapping" not in broken.context:
        return None
    expected = broken.context_column
    if column == expected:
        return Mistake(
            "yaml-indentation",
            broken.line,
            column,
            length,
            "Stands among the items of a list without a dash",
            f"The items of this list, from line {broken.context_line + 1} on, begin with a dash in this very column.",
            "Begin the line with a dash, or start it further left or right.",
        )
    columns = sorted({expected + 1, indent_of(broken.text(above)) + 1})
    return Mistake(
        "yaml-indentation",
        broken.line,
        column,
        length,
        "Indentation fits nothing above",
        f"This line starts in column {column + 1}, but lines that it could belong to start in column "
        f"{' or '.join(map(str, columns))}.",
        "Start it in the same column as the lines it belongs to.",
    )
