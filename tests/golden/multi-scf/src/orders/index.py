def write(event, context):
    return event
