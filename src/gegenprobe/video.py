"""The video that the book checks."""

VIDEO_DAY = "2025-06-12"
"""The day it is judged on: it appeared about then, and speaks of what was known by then."""
