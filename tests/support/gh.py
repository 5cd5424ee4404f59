"""Stands in for GitHub's command line: `gh api`, as far as pipelines use it. Run as a program; needs `jq` for --jq."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path


def main() -> int:
    reader = argparse.ArgumentParser()
    reader.add_argument("command", choices=["api"])
    reader.add_argument("path")
    reader.add_argument("--paginate", action="store_true")
    reader.add_argument("--silent", action="store_true")
    reader.add_argument("--method", default="GET")
    reader.add_argument("--jq")
    reader.add_argument("--field", "-F", action="append", default=[])
    asked = reader.parse_args()
    body = dict(_field(pair) for pair in asked.field) or None
    try:
        for answer in _pages(asked.path) if asked.paginate else [_ask(asked.method, asked.path, body)]:
            if asked.jq:
                subprocess.run(["jq", "--raw-output", asked.jq], input=json.dumps(answer), text=True, check=True)
            elif not asked.silent:
                sys.stdout.write(json.dumps(answer))
    except urllib.error.HTTPError as error:
        sys.stderr.write(f"gh: HTTP {error.code}\n")
        return 1
    return 0


def _pages(path: str) -> Iterator[object]:
    for number in range(1, 100):
        answer = _ask("GET", f"{path}?per_page=30&page={number}", None)
        yield answer
        if not isinstance(answer, list) or len(answer) < 30:
            return


def _ask(method: str, path: str, body: object) -> object:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        f"{os.environ['GITHUB_API_URL']}/{path}",
        data=data,
        method=method,
        headers={"Authorization": f"token {os.environ['GH_TOKEN']}"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def _field(pair: str) -> tuple[str, str]:
    name, _, value = pair.partition("=")
    return name, Path(value[1:]).read_text(encoding="utf-8") if value.startswith("@") else value


if __name__ == "__main__":
    sys.exit(main())
