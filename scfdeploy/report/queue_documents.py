"""Documents of local queues."""

from __future__ import annotations

from scfdeploy.report.values import Document
from scfdeploy.results.queues import QueueCalls, QueueChanged, QueueList, QueueMessage, QueueResult, QueueShown


def keys(result: QueueResult) -> Document:
    """The keys of a `queue` command."""
    match result:
        case QueueList():
            return {
                "queues": [
                    {
                        "name": queue.name,
                        "kind": queue.kind,
                        "messages": queue.messages,
                        "oldest": queue.oldest,
                        "failedDeliveries": queue.failed_deliveries,
                    }
                    for queue in result.queues
                ]
            }
        case QueueShown():
            return {
                "name": result.name,
                "kind": result.kind,
                "count": result.total,
                "messages": [_message(message) for message in result.messages],
            }
        case QueueCalls():
            return {
                "queue": result.queue,
                "function": result.function,
                "messages": [
                    {
                        "id": call.id,
                        "requestId": call.request_id,
                        "ok": call.ok,
                        "statusCode": call.status,
                        "error": call.error or None,
                    }
                    for call in result.calls
                ],
            }
        case QueueChanged():
            return dict(result.values)


def _message(message: QueueMessage) -> Document:
    return {
        "id": message.id,
        "sentAt": message.sent_at,
        "attributes": dict(message.attributes),
        "body": message.body,
        "note": message.note or None,
    }
