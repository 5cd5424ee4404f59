"""Local queues and topics: where dead letters go, and what starts functions through CMQ topic triggers."""
