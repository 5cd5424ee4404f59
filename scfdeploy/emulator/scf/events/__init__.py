"""Asynchronous events: the stored queue, its attempts, and deliveries to dead letter queues."""
