def main_handler(event, context):
    return {"refunded": event.get("total", 0)}
