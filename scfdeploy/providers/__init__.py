"""The interface of a cloud provider, with retries and rate limits, and its implementation for Tencent Cloud."""
