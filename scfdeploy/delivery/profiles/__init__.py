"""The rules of each platform, one module per platform.

Sources that deliver batches have modules of their own: `ckafka` for SCF, `queue_source` and `stream_source` for Lambda.
"""
