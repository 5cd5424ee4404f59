"""Searches the topic of a function with SearchLog of CLS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scfdeploy.diagnostics import message
from scfdeploy.model import Address
from scfdeploy.providers.base import CloudError
from scfdeploy.providers.log_source import FoundLogs, LogQuery
from scfdeploy.providers.tencent.logs.lines import parse_entries
from scfdeploy.providers.tencent.resources.wire import function_params
from scfdeploy.providers.tencent.transport.client import Client
from scfdeploy.providers.tencent.transport.errors import TOO_LARGE
from scfdeploy.providers.tencent.transport.paging import object_list

_PAGE_SIZE = 1000
_MIN_PAGE_SIZE = 20
# The platform returns at most 10,000 lines by Context.
_MAX_LINES = 10_000
_FULL_ID = 36


class TencentLogs:
    """Implements LogSource for the functions of one region."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @property
    def region(self) -> str:
        """The region of the functions."""
        return self._client.region

    def topic_of(self, function: Address) -> str:
        """The topic that the function's logs go to; empty without one. Raises CloudError."""
        response = self._client.read("GetFunction", {**function_params(function), "ShowCode": "FALSE"})
        return str(response.get("ClsTopicId") or "")

    def query(self, function: Address, topic_id: str, *, request_id: str, since: int, until: int) -> LogQuery:
        """The search for the runs of a function; `request_id` is an id, its beginning, or empty."""
        conditions = [f'SCF_FunctionName:"{function.function}"', f'SCF_Namespace:"{function.namespace}"']
        if len(request_id) >= _FULL_ID:
            conditions.append(f'SCF_RequestId:"{request_id}"')
        elif request_id:
            conditions.append(f"SCF_RequestId:{request_id}*")
        return LogQuery(function, topic_id, " AND ".join(conditions), since, until)

    def search(self, query: LogQuery) -> FoundLogs:
        """The runs that a search finds. Raises CloudError."""
        params: dict[str, Any] = {
            "TopicId": query.topic_id,
            "From": query.since,
            "To": query.until,
            "QueryString": query.text,
            "QuerySyntax": 1,
            "Limit": _PAGE_SIZE,
            "Sort": "desc",
        }
        rows: list[Mapping[str, Any]] = []
        is_over = False
        while not is_over and len(rows) < _MAX_LINES:
            try:
                response = self._client.read("SearchLog", params, product="cls")
            except CloudError as error:
                if not error.retryable:
                    error.hint = message(
                        "Check in the CLS console that topic {topic} exists in {region}, has an index, and that your "
                        "key may call cls:SearchLog.",
                        topic=query.topic_id,
                        region=self.region,
                    )
                if error.code != TOO_LARGE or params["Limit"] <= _MIN_PAGE_SIZE:
                    raise
                params["Limit"] //= 4  # lines have up to 8 KB
                continue
            page = object_list(response, "Results", "SearchLog")
            rows += page
            context = response.get("Context")
            is_over = response.get("ListOver") is not False or not page or not context
            params["Context"] = context
        return FoundLogs(tuple(parse_entries(query.function, rows[::-1])), is_cut=not is_over)
