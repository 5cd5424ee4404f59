"""The rules of each platform, one module per platform.

Asynchronous events have `scf`, `functiongraph`, `function_compute` and `lambda_async`. Sources that deliver batches
have modules of their own: `ckafka` for SCF, `queue_source` and `stream_source` for Lambda.
"""
