def main_handler(event, context):
    return {"items": event.get("items", [])}
