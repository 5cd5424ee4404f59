"""Small repositories for pipelines, one for each language: with a dependency or a build, and code that runs."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.support.npm_registry import NpmPackage

_SERVERLESS = """\
component: scf
name: hello
app: shop
inputs:
  name: {name}
  src: {src}
  runtime: {runtime}
{more}"""


def serverless(folder: Path, runtime: str, src: str, more: str, *, name: str = "hello") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = _SERVERLESS.format(name=name, runtime=runtime, src=src, more=more)
    (folder / "serverless.yml").write_text(text, encoding="utf-8")


def python(folder: Path) -> None:
    """A function that greets with the words of a library, which pip fetches."""
    serverless(folder, "Python3.10", "./src", "  handler: index.main_handler\n")
    (folder / "requirements.txt").write_text("wordsofgreeting==1.0\n")
    (folder / "src").mkdir()
    (folder / "src" / "index.py").write_text(
        "import wordsofgreeting\n\ndef main_handler(event, context):\n    return wordsofgreeting.WORDS\n"
    )


def wheels(folder: Path) -> Path:
    """A folder with that library, for pip to find."""
    folder.mkdir(parents=True, exist_ok=True)
    info = "wordsofgreeting-1.0.dist-info"
    with zipfile.ZipFile(folder / "wordsofgreeting-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("wordsofgreeting.py", "WORDS = 'good day'\n")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: wordsofgreeting\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return folder


def only_from(folder: Path) -> dict[str, str]:
    """The environment in which pip and uv find nothing but that library, and npm only what is there."""
    wheels(folder)
    offline = {"PIP_NO_INDEX": "1", "UV_OFFLINE": "1", "UV_NO_INDEX": "1"}
    npm = {"npm_config_offline": "true", "npm_config_update_notifier": "false"}
    return {**offline, **npm, "PIP_FIND_LINKS": str(folder), "UV_FIND_LINKS": str(folder)}


def nodejs(folder: Path) -> None:
    """A function whose code is made by `npm run build`, and that greets with the words of a package."""
    serverless(folder, "Nodejs18.15", "./", "  handler: index.main_handler\n")
    words = NpmPackage("wordsofgreeting", "1.0.0", {"main": "words.json"}, {"words.json": '"good day"'})
    (folder / "words.tgz").write_bytes(words.archive)
    needed = {"dependencies": {"wordsofgreeting": "file:words.tgz"}}
    package = {"name": "hello", "version": "1.0.0", "scripts": {"build": "node build.js"}, **needed}
    locked = {"version": "1.0.0", "resolved": "file:words.tgz", "integrity": words.integrity}
    packages = {"": {"name": "hello", "version": "1.0.0", **needed}, "node_modules/wordsofgreeting": locked}
    lock = {"name": "hello", "version": "1.0.0", "lockfileVersion": 3, "packages": packages}
    (folder / "package.json").write_text(json.dumps(package))
    (folder / "package-lock.json").write_text(json.dumps(lock))
    code = "exports.main_handler = async () => require('wordsofgreeting');\\n"
    (folder / "build.js").write_text(f"require('fs').writeFileSync('index.js', \"{code}\");\n")


def java(folder: Path) -> None:
    """An event function whose jar Maven builds."""
    serverless(folder, "Java11", "./target", "  handler: example.Hello::mainHandler\n")
    (folder / "pom.xml").write_text("<project/>\n")
    _jar(folder / "prebuilt.jar")


def java_web(folder: Path) -> None:
    """A web function: its jar and its bootstrap go into one folder."""
    serverless(folder, "Java11", "./zip", "  type: web\n")
    (folder / "build.gradle").write_text("\n")
    (folder / "scf_bootstrap").write_text("#!/bin/sh\nexec java -jar app.jar\n")
    (folder / "scf_bootstrap").chmod(0o755)
    _jar(folder / "prebuilt.jar")


LANGUAGES = {"python": python, "nodejs": nodejs, "java": java, "java-web": java_web}


def checkout_of(repository: Path) -> Callable[[Path], None]:
    """Makes a checkout of a repository, with its files in one commit."""

    def checkout(place: Path) -> None:
        shutil.copytree(repository, place, dirs_exist_ok=True)
        git = ["git", "-C", str(place), "-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
        for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "All"]):
            subprocess.run([*git, *words], check=True)

    return checkout


def _jar(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as jar:
        jar.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\nMain-Class: example.Hello\n\n")
        jar.writestr("example/Hello.class", b"\xca\xfe\xba\xbe\x00\x00\x00\x37".decode("latin-1"))
