"""The rules of each platform, one module per platform."""
