"""Build the documentation site from docs/ into build/site: English at /, Chinese at /zh/.

    python scripts/build_site.py [--url https://HOST/PATH/]

`make site` does that in an environment of its own; it needs the dependency group `docs`. The look is in
website/zensical.toml, the order of pages in website/navigation.toml. Pages are copied before they are built, because
some links mean something else on the site: a page that has no Chinese version is linked in English, and files of the
repository outside of docs/ become pages below project/. The build fails when a link or an anchor of the result leads
nowhere.
"""

from __future__ import annotations

import argparse
import json
import os
import posixpath
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
WEBSITE = ROOT / "website"
SOURCES = ROOT / "build" / "site-sources"
OUTPUT = ROOT / "build" / "site"
LANGUAGES = {"en": DOCS, "zh": DOCS / "zh"}
DESCRIPTIONS = {
    "en": "Infrastructure as code for Tencent Cloud Serverless Cloud Function",
    "zh": "腾讯云云函数 SCF 的基础设施即代码工具",
}
PALETTE_NAMES = {
    "en": ("Switch to light mode", "Switch to dark mode", "Use the system's mode"),
    "zh": ("切换到浅色模式", "切换到深色模式", "跟随系统"),
}
ALL_FINDINGS = {"en": "All findings", "zh": "所有检查结果"}
PROJECT = "project"
"""The folder of the site for files of the repository outside of docs/."""
PICTURES = (".svg", ".png")
_LINK = re.compile(r"(!?\[(?:[^\]\[]|\[[^\]]*\])*\])\(([^)\s]+)\)")
_FENCE = re.compile(r"^(\s*)(```+|~~~+)(.*)$")
_DIRECTIVE = re.compile(r"^<!-- test: .*-->\n", re.MULTILINE)
_SOURCE_LANGUAGES = {".py": "python", ".js": "js", ".yml": "yaml", ".yaml": "yaml", ".json": "json", ".sh": "sh"}


class SiteError(Exception):
    """What the author of a page must correct."""


def pages_of(language: str) -> dict[str, Path]:
    """The pages of a language by their path in the site, without those of other languages."""
    root = LANGUAGES[language]
    others = [folder for folder in LANGUAGES.values() if folder != root and folder.is_relative_to(root)]
    return {
        page.relative_to(root).as_posix(): page
        for page in sorted(root.rglob("*.md"))
        if not any(page.is_relative_to(other) for other in others)
    }


def url_of(page: str) -> str:
    """The address of a page below its site: `how-to/dev.md` is `how-to/dev/`."""
    path = page.removesuffix(".md")
    return "" if path == "index" else path.removesuffix("/index") + "/"


def way_back(page: str, language: str) -> str:
    """A link to the list of findings from a page of one: such a page is not in the navigation."""
    is_finding = posixpath.dirname(page) == "reference/rules" and posixpath.basename(page) != "index.md"
    return f"\n[{ALL_FINDINGS[language]}](index.md)\n" if is_finding else ""


def relative_url(source: str, target: str) -> str:
    """From one address to another one, both below the same root."""
    return posixpath.relpath(target or ".", source or ".") + "/"


def map_prose(text: str, change: Callable[[str], str]) -> str:
    """Apply `change` to each line outside of fenced blocks; the line that opens one keeps language and title only."""
    lines, fence = [], ""
    for line in text.splitlines(keepends=True):
        found = _FENCE.match(line)
        if found and not fence:
            fence = found[2]
            lines.append(f"{found[1]}{fence}{_block_options(found[3])}\n")
        elif fence:
            fence = "" if found and found[2].startswith(fence) and not found[3].strip() else fence
            lines.append(line)
        else:
            lines.append(change(line))
    return "".join(lines)


def with_bars_in_code(line: str) -> str:
    r"""A row of a table as the generator reads it: in code it shows the backslash of `a\|b`, which GitHub needs."""
    if not line.startswith("|"):
        return line
    return re.sub(r"`[^`]*`", lambda code: code[0].replace("\\|", "|"), line)


def _block_options(words: str) -> str:
    """What follows the fence: a language, and a title or the name of the file that is shown."""
    language, _, rest = words.strip().partition(" ")
    title = re.search(r'title="([^"]*)"', rest)
    name = title[1] if title else rest if "/" in rest or re.fullmatch(r"[\w.-]+\.\w+", rest) else ""
    return f'{language} title="{name}"' if name else language


class Stage:
    """The pages of one language, as they are given to the generator."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.pages = pages_of(language)
        self.folder = SOURCES / language
        self.outside: set[str] = set()
        """Paths in the repository that pages link to and that are not in docs/."""
        self._other = pages_of("en" if language == "zh" else "zh")
        self._english = self._other if language == "zh" else self.pages
        self._at = "zh/" if language == "zh" else ""

    def write(self, site_url: str | None) -> None:
        """Copy pages and pictures, and write the configuration."""
        docs = self.folder / "docs"
        for name, page in self.pages.items():
            text = self.page_text(name, page.read_text(encoding="utf-8"))
            self._put(docs / name, self._front_matter(name) + text + way_back(name, self.language))
        for file in LANGUAGES[self.language].rglob("*"):
            kept = file.suffix in PICTURES and not (self.language == "en" and DOCS / "zh" in file.parents)
            if kept:
                target = docs / file.relative_to(LANGUAGES[self.language])
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, target)
        shutil.copytree(WEBSITE / "stylesheets", docs / "stylesheets")
        shutil.copytree(WEBSITE / "overrides", self.folder / "overrides")
        configuration = json.dumps(self._configuration(site_url), ensure_ascii=False, indent=2)
        # Every JSON document is a YAML document, and the generator reads mkdocs.yml as well as TOML.
        self._put(self.folder / "mkdocs.yml", configuration)

    def write_project_pages(self, paths: set[str]) -> None:
        """Make pages of files and folders of the repository that are linked."""
        done: set[str] = set()
        while pending := paths - done:
            for path in sorted(pending):
                done.add(path)
                source = ROOT / path
                if source.is_dir():
                    text = self._folder_page(path)
                elif source.suffix == ".md":
                    text = source.read_text(encoding="utf-8")
                else:
                    target = self.folder / "docs" / PROJECT / path
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(source, target)
                    continue
                name = self._project_page(path)
                place = path + "/README.md" if source.is_dir() else path
                self._put(self.folder / "docs" / name, self.page_text(name, text, at=ROOT / place))
            paths = paths | self.outside

    def page_text(self, name: str, text: str, at: Path | None = None) -> str:
        """The page with links and blocks as the site needs them; `at` is where relative links begin."""
        source = at or self.pages[name]

        def change(line: str) -> str:
            line = with_bars_in_code(line)
            # Links in code are text.
            parts = re.split(r"(`+[^`]*`+)", line)
            if any(_LINK.search(part) for part in parts):
                return _LINK.sub(lambda link: f"{link[1]}({self._target(name, source, link[2])})", line)
            return line

        return map_prose(_DIRECTIVE.sub("", text), change)

    def _target(self, name: str, source: Path, link: str) -> str:
        """What a link of a page leads to on the site."""
        parts = urlsplit(link)
        if parts.scheme or not parts.path:
            return link
        file = Path(os.path.normpath(source.parent / unquote(parts.path)))
        if not file.exists() or not file.is_relative_to(ROOT):
            raise SiteError(f"{source.relative_to(ROOT)}: {link} does not exist in the repository")
        if (file / "index.md").exists():
            file = file / "index.md"
        fragment = f"#{parts.fragment}" if parts.fragment else ""
        folder = posixpath.dirname(name)
        if (place := self._place(file)) is not None:
            return posixpath.relpath(place, folder or ".") + fragment
        # The generator takes links as beginning at the folder of the page, as in the repository.
        here = self._at + folder
        if file.is_relative_to(DOCS):
            there = file.relative_to(DOCS).as_posix()
        else:
            path = file.relative_to(ROOT).as_posix()
            self.outside.add(path)
            there = self._project_page(path) if file.is_dir() or file.suffix == ".md" else f"{PROJECT}/{path}"
        if not there.endswith(".md"):
            return posixpath.relpath(there, here or ".")
        return relative_url(here, url_of(there)) + fragment

    def _place(self, file: Path) -> str | None:
        """The path of a page or a picture in this language; None for everything else."""
        own = LANGUAGES[self.language]
        if not file.is_relative_to(own):
            return None
        place = file.relative_to(own).as_posix()
        return place if place in self.pages or file.suffix in PICTURES else None

    @staticmethod
    def _project_page(path: str) -> str:
        # In a folder the generator takes README.md as the page of the folder.
        path = "readme" if path == "README.md" else path.removesuffix("/README.md").removesuffix(".md")
        return f"{PROJECT}/{path}.md"

    @staticmethod
    def _folder_page(path: str) -> str:
        """The README of a folder and its files; of a folder of folders, a list."""
        folder = ROOT / path
        readme = folder / "README.md"
        text = readme.read_text(encoding="utf-8") if readme.exists() else f"# {path}\n\n"
        found = [file.relative_to(ROOT) for file in sorted(folder.rglob("*")) if file.is_file()]
        left_out = (".", "__pycache__", "node_modules")
        kept = [file for file in found if not any(part.startswith(left_out) for part in file.parts)]
        files = [file.as_posix() for file in kept if file.name != "README.md"]
        if not readme.exists():
            folders = sorted(
                {Path(name).relative_to(path).parts[0] for name in files if Path(name).parent != Path(path)}
            )
            text += "".join(f"- [{name}]({name}/)\n" for name in folders) + "\n"
            files = [name for name in files if Path(name).parent == Path(path)]
        for name in files:
            language = _SOURCE_LANGUAGES.get(Path(name).suffix, "text")
            shown = Path(name).relative_to(path).as_posix()
            content = (ROOT / name).read_text(encoding="utf-8").rstrip("\n")
            text += f'\n````{language} title="{shown}"\n{content}\n````\n'
        return text

    def _front_matter(self, name: str) -> str:
        if name not in self._other:
            return ""
        there = url_of(name) if self.language == "zh" else "zh/" + url_of(name)
        return f"---\ntranslation: {relative_url(self._at + url_of(name), there)}\n---\n\n"

    def _configuration(self, site_url: str | None) -> dict[str, Any]:
        configuration: dict[str, Any] = tomllib.loads((WEBSITE / "zensical.toml").read_text(encoding="utf-8"))[
            "project"
        ]
        names = PALETTE_NAMES[self.language]
        media = ("(prefers-color-scheme)", "(prefers-color-scheme: light)", "(prefers-color-scheme: dark)")
        icons = ("lucide/sun-moon", "lucide/sun", "lucide/moon")
        schemes = ({}, {"scheme": "default"}, {"scheme": "slate"})
        configuration |= {
            "site_description": DESCRIPTIONS[self.language],
            "docs_dir": "docs",
            "site_dir": "site",
            "nav": navigation(self.language, self.pages),
        }
        configuration["theme"] |= {
            "language": self.language,
            "custom_dir": "overrides",
            "palette": [
                {"media": one, **scheme, "toggle": {"icon": icon, "name": name}}
                for one, scheme, icon, name in zip(media, schemes, icons, names, strict=True)
            ],
        }
        configuration["markdown_extensions"] = [
            {name: options} for name, options in _extensions(configuration["markdown_extensions"])
        ]
        if site_url:
            configuration["site_url"] = site_url + self._at
        return configuration

    @staticmethod
    def _put(path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _extensions(table: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, options in table.items():
        if name == "pymdownx":
            yield from ((f"pymdownx.{inner}", inner_options) for inner, inner_options in options.items())
        else:
            yield name, options


def navigation(language: str, pages: dict[str, Path]) -> list[Any]:
    """The list of sections, with every page that is not hidden."""
    order = tomllib.loads((WEBSITE / "navigation.toml").read_text(encoding="utf-8"))
    hidden = tuple(f"{folder}/" for folder in order["hidden"])
    found: list[Any] = ["index.md"] if "index.md" in pages else []
    for section in order["section"]:
        folder = section["folder"]
        left = [name for name in pages if name.startswith(f"{folder}/") and not name.startswith(hidden)]
        entries: list[Any] = []
        if f"{folder}/index.md" in left:
            entries.append(f"{folder}/index.md")
            left.remove(f"{folder}/index.md")
        for group in section.get("group", []):
            if inner := _listed(folder, group["pages"], left):
                entries.append({group["title"][language]: inner})
        entries += _listed(folder, section.get("pages", []), left)
        entries += sorted(left)
        entries += [
            f"{name}index.md" for name in hidden if name.startswith(f"{folder}/") and f"{name}index.md" in pages
        ]
        if entries:
            found.append({section["title"][language]: entries})
    return found + [f"{name}.md" for name in order["pages"] if f"{name}.md" in pages]


def _listed(folder: str, names: list[str], left: list[str]) -> list[str]:
    """The named pages that exist, taken out of `left`; a name of a folder stands for its pages, `index` first."""
    found: list[str] = []
    for name in names:
        index = f"{folder}/{name}/index.md"
        inside = sorted(
            (page for page in left if page.startswith(f"{folder}/{name}/")), key=lambda page: (page != index, page)
        )
        for page in (*inside, f"{folder}/{name}.md"):
            if page in left:
                left.remove(page)
                found.append(page)
    return found


class _Links(HTMLParser):
    """What a page refers to, and what can be referred to in it."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the address of each link, picture, script and style sheet."""
        for name, value in attrs:
            if name in ("id", "name") and value:
                self.anchors.add(value)
            elif name in ("href", "src") and value and (tag, name) != ("base", "href"):
                self.targets.append(value)


def broken_links(site: Path) -> list[str]:
    """Each link in the site that leads nowhere; links to other hosts are not followed."""
    pages = {}
    for file in sorted(site.rglob("*.html")):
        pages[file] = links = _Links()
        links.feed(file.read_text(encoding="utf-8"))
    found = []
    for file, links in pages.items():
        if file.name == "404.html":
            continue  # Is shown at any address, so its links begin at the root of the host.
        for link in dict.fromkeys(links.targets):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            if target.is_dir():
                target = target / "index.html"
            anchor = unquote(parts.fragment)
            if not target.exists():
                found.append(f"{file.relative_to(site)}: {link}")
            elif anchor and target in pages and anchor not in pages[target].anchors:
                found.append(f"{file.relative_to(site)}: {link}: no such anchor")
    return found


def build(site_url: str | None = None) -> list[str]:
    """Build both languages into build/site; returns the links that lead nowhere."""
    for folder in (SOURCES, OUTPUT):
        shutil.rmtree(folder, ignore_errors=True)
    stages = {language: Stage(language) for language, root in LANGUAGES.items() if root.is_dir()}
    for stage in stages.values():
        stage.write(site_url)
    stages["en"].write_project_pages(set().union(*(stage.outside for stage in stages.values())))
    for language, stage in stages.items():
        # The generator prints its messages to stderr, and ends with 0 also when it warns of a link.
        subprocess.run([sys.executable, "-m", "zensical", "build", "--strict"], cwd=stage.folder, check=True)
        shutil.move(stage.folder / "site", OUTPUT / "zh" if language == "zh" else OUTPUT)
    (OUTPUT / "zh" / "404.html").unlink()  # Hosts show the one of the root, and the links of this one are wrong there.
    _publish_for_programs()
    return broken_links(OUTPUT)


def _publish_for_programs() -> None:
    """Put the JSON Schemas and llms.txt where programs look for them, with links to the pages of the site."""
    shutil.copytree(ROOT / "schemas", OUTPUT / "schemas")
    text = (ROOT / "llms.txt").read_text(encoding="utf-8")

    def target(link: re.Match[str]) -> str:
        page = link[2].removeprefix("docs/")
        return f"{link[1]}({url_of(page) if page.endswith('.md') and page != link[2] else link[2]})"

    (OUTPUT / "llms.txt").write_text(_LINK.sub(target, text), encoding="utf-8")


def main() -> int:
    """Build the site and report broken links."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", help="where the site will be, for addresses that must be complete")
    options = parser.parse_args()
    try:
        broken = build(options.url.rstrip("/") + "/" if options.url else None)
    except SiteError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError:
        return 1
    for link in broken:
        print(f"broken link: {link}", file=sys.stderr)
    print(f"{sum(1 for _ in OUTPUT.rglob('*.html'))} pages in {OUTPUT.relative_to(ROOT)}, {len(broken)} broken links")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
