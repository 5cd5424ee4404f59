def main_handler(event, context):
    return 42
