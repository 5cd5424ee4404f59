"""Reads HTML pages as a browser would, as far as tests ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "link", "br", "img", "input", "hr"})


@dataclass
class Element:
    """An element with its attributes."""

    tag: str
    attributes: dict[str, str]
    path: tuple[str, ...] = ()
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text inside it."""
        return "".join(self.parts)


@dataclass
class HtmlPage(HTMLParser):
    """The elements of a page, in order. Fails for tags that do not match."""

    source: str
    elements: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[Element] = []
        self.feed(self.source)
        self.close()
        assert not self._open, f"not closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"attributes of {tag} are repeated"
        element = Element(tag, {name: value or "" for name, value in attrs}, path=tuple(e.tag for e in self._open))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"nothing to close: {tag}"
        assert self._open.pop().tag == tag, f"does not match: {tag}"

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.parts.append(data)

    def find(self, tag: str, **attributes: str) -> list[Element]:
        """The elements of a kind with these attributes; `class_` is one of the classes."""
        return [element for element in self.elements if element.tag == tag and _has(element, attributes)]

    def one(self, tag: str, **attributes: str) -> Element:
        """The only element of a kind with these attributes."""
        (element,) = self.find(tag, **attributes)
        return element

    @property
    def ids(self) -> list[str]:
        """The ids, in order."""
        return [element.attributes["id"] for element in self.elements if "id" in element.attributes]

    @property
    def marks(self) -> list[str]:
        """The accessible names of the links in pictures, in order."""
        return [element.attributes["aria-label"] for element in self.find("a") if "svg" in element.path]


def _has(element: Element, attributes: dict[str, str]) -> bool:
    for name, value in attributes.items():
        if name == "class_":
            if value not in element.attributes.get("class", "").split():
                return False
        elif element.attributes.get(name.replace("_", "-")) != value:
            return False
    return True
