"""Totals of orders, and overdue orders. Prices are in cents."""


def total(order):
    """The total of an order. ValueError when it has no items."""
    if not order.get("items"):
        raise ValueError("an order needs items")
    return sum(item["price"] * item["count"] for item in order["items"])


def unpaid_longer_than(orders, days):
    """The ids of unpaid orders older than `days`."""
    return [order["id"] for order in orders if not order["paid"] and order["days"] > days]
