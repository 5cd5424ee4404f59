"""Returns a greeting from a layer."""

from greetings import GREETING


def main_handler(event, context):
    return f"{GREETING}, {event.get('name', 'world')}!"
