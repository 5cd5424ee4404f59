"""Determines the day of a nightly report."""

import os
from datetime import datetime, timedelta, timezone


def main_handler(event, context):
    """Use the `Time` of a timer event, in UTC, or the current time."""
    fired = event.get("Time")
    at = datetime.fromisoformat(fired.replace("Z", "+00:00")) if fired else datetime.now(timezone.utc)  # noqa: UP017 - 3.10 lacks it
    day = report_day(at, int(os.environ["UTC_OFFSET_HOURS"]))
    print(f"request {context['request_id']}: {os.environ['REPORT_NAME']} report for {day}")
    return {"report": os.environ["REPORT_NAME"], "day": day}


def report_day(at, utc_offset_hours):
    """The day before `at`, in a time zone `utc_offset_hours` ahead of UTC."""
    local = at + timedelta(hours=utc_offset_hours)
    return (local - timedelta(days=1)).date().isoformat()
