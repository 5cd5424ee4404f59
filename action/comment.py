"""One comment on the pull request for each project, stage and command: written once, then updated in place."""

from __future__ import annotations

import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from settings import Settings
from workflow import warning

_LONGEST = 64_000  # GitHub takes 65,536 characters in all
_MOST_PAGES = 50
_PER_PAGE = 100


def comment(settings: Settings, environ: Mapping[str, str]) -> int:
    """Write the comment. A failure is only a warning: it does not change the result of the deployment."""
    number = _pull_request(environ)
    if number is None:
        return 0
    mark = _mark(settings)
    report = Path(environ["MARKDOWN"]).read_text(encoding="utf-8")
    if len(report) > _LONGEST:
        report = "The report is too long for a comment. See the job summary.\n"
    body = f"{mark}\n{report}\n{_origin(environ)}"
    api = _Api(environ)
    try:
        found = _find(api, number, mark)
        if found is None:
            api.ask("POST", f"issues/{number}/comments", {"body": body})
        else:
            api.ask("PATCH", f"issues/comments/{found}", {"body": body})
    except (urllib.error.URLError, TimeoutError) as error:
        why = f"HTTP {error.code}" if isinstance(error, urllib.error.HTTPError) else "no answer"
        warning(
            "scfdeploy",
            f"The comment could not be written: {why}. The job needs `permissions: pull-requests: write`, "
            "which is not available to pull requests from forks.",
        )
    return 0


class _Api:
    """GitHub's API for this repository, with the job's token."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._root = f"{environ['GITHUB_API_URL']}/repos/{environ['GITHUB_REPOSITORY']}"
        self._headers = {
            "Authorization": f"Bearer {environ['GITHUB_TOKEN']}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
            "User-Agent": "scfdeploy",
        }
        self._opener = urllib.request.build_opener(_NoRedirects)

    def ask(self, method: str, path: str, body: object = None) -> object:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 - the address is GitHub's own
            f"{self._root}/{path}", data=data, method=method, headers=self._headers
        )
        with self._opener.open(request, timeout=30) as answer:
            return json.load(answer)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Rejects redirects, so that the token is sent to one address only."""

    def redirect_request(self, *_arguments: object, **_more: object) -> None:
        return None


def _find(api: _Api, number: int, mark: str) -> int | None:
    """The comment of a bot that begins with our marker. Users can write the marker too."""
    for page in range(1, _MOST_PAGES + 1):
        comments = api.ask("GET", f"issues/{number}/comments?per_page={_PER_PAGE}&page={page}")
        if not isinstance(comments, list):
            return None
        for one in comments:
            if one["user"]["type"] == "Bot" and one["body"].startswith(f"{mark}\n"):
                return int(one["id"])
        if len(comments) < _PER_PAGE:
            return None
    return None


def _mark(settings: Settings) -> str:
    # A digest, because a stage name can contain the end of an HTML comment.
    names = json.dumps([settings.command, settings.path, settings.stage])
    return f"<!-- scfdeploy {hashlib.sha256(names.encode()).hexdigest()[:24]} -->"


def _origin(environ: Mapping[str, str]) -> str:
    run = f"{environ['GITHUB_SERVER_URL']}/{environ['GITHUB_REPOSITORY']}/actions/runs/{environ['GITHUB_RUN_ID']}"
    return f"<sub>[This run]({run})</sub>\n"


def _pull_request(environ: Mapping[str, str]) -> int | None:
    path = environ.get("GITHUB_EVENT_PATH")
    event = json.loads(Path(path).read_text(encoding="utf-8")) if path else {}
    request = event.get("pull_request")
    return int(request["number"]) if isinstance(request, dict) else None
