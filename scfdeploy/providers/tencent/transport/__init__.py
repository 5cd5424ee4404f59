"""Calls to the Tencent Cloud API: SDK clients, endpoints, paging, error classes."""
