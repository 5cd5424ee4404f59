def main_handler(event, context):
    return {"charged": event.get("total", 0)}
