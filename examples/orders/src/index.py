"""Accepts orders, and handles two timers."""

import os

from orders import total, unpaid_longer_than

# In place of a database.
ORDERS = [
    {"id": 1, "days": 1, "paid": True, "items": [{"price": 1250, "count": 2}]},
    {"id": 2, "days": 5, "paid": False, "items": [{"price": 900, "count": 1}]},
]


def main_handler(event, context):
    """Handle a timer by its `Message`, and every other event as an order."""
    print(f"request {context['request_id']}")
    message = event.get("Message") if event.get("Type") == "Timer" else None
    if message == "remind":
        return {"remind": unpaid_longer_than(ORDERS, int(os.environ["REMIND_AFTER_DAYS"]))}
    if message == "add-up":
        return amount(sum(total(order) for order in ORDERS))
    # An order without items fails. It is retried, and then sent to the dead-letter queue.
    return amount(total(event))


def amount(cents):
    """The amount with its currency."""
    return {"total": f"{cents / 100:.2f}", "currency": os.environ["CURRENCY"]}
