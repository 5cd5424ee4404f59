"""What the steps of a run add up to."""

from __future__ import annotations

from scfdeploy.delivery.trace import MAX_TIMES, DeliveryKind, StepKind, TraceStep, summarise


def test_summary_counts_attempts_completions_splits_and_ends_per_item() -> None:
    summary = summarise(
        [
            TraceStep(0, StepKind.INVOKE, (1, 2)),
            TraceStep(0, StepKind.RESULT, (1, 2), status=430, completed=(1,)),
            TraceStep(0, StepKind.SPLIT, (1, 2), parts=((1,), (2,))),
            TraceStep(0, StepKind.INVOKE, (1,)),
            TraceStep(5, StepKind.RESULT, (1,), status=200, completed=(1,)),
            TraceStep(5, StepKind.END, (1,), end="finished"),
        ]
    )

    assert (summary.invocations, summary.splits) == (2, 1)
    assert (summary.items[1].attempts_at, summary.items[1].completions) == ([0, 0], 2)
    assert (summary.items[1].end, summary.items[1].ended_at) == ("finished", 5)
    assert (summary.items[2].attempts_at, summary.items[2].end) == ([0], "waiting")


def test_times_of_endless_attempts_are_not_all_kept() -> None:
    summary = summarise(TraceStep(at, StepKind.INVOKE, (1,)) for at in range(MAX_TIMES + 5))

    assert summary.items[1].attempts == MAX_TIMES + 5
    assert summary.items[1].attempts_at == list(range(MAX_TIMES))


def test_summary_joins_the_tries_of_one_delivery() -> None:
    def delivery(at: int, tries: int, error: str, next_at: int | None) -> TraceStep:
        return TraceStep(
            at,
            StepKind.DELIVER,
            (1,),
            tries=tries,
            destination="orders-failed",
            delivery=DeliveryKind.FAILURE,
            body="{}",
            reason=error,
            next_at=next_at,
        )

    tries = [delivery(0, 0, "503", 500), delivery(500, 1, "503", 1500), delivery(1500, 2, "", None)]
    (joined,) = summarise(tries).deliveries

    assert (joined.at, joined.tries, joined.delivered, joined.error) == (1500, 3, True, "")


def test_tries_of_many_deliveries_are_joined_with_their_own() -> None:
    def tries(number: int) -> list[TraceStep]:
        return [
            TraceStep(
                500 * number,
                StepKind.DELIVER,
                (item,),
                tries=number,
                destination="orders-failed",
                delivery=DeliveryKind.FAILURE,
                reason="503" if number < 2 or item % 2 else "",
                next_at=500 * (number + 1) if number < 2 else None,
            )
            for item in range(1, 3001)
        ]

    deliveries = summarise(step for number in range(3) for step in tries(number)).deliveries

    assert [delivery.items for delivery in deliveries] == [(item,) for item in range(1, 3001)]
    assert [(delivery.tries, delivery.delivered) for delivery in deliveries[:2]] == [(3, False), (3, True)]
