from prices import PRICES


def main_handler(event, context):
    return sorted(PRICES)
