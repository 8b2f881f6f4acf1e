"""Ask a service as a browser does."""

import httpx

SECONDS = 30
"""For an answer, beside other services that start."""


def visit(url: str) -> httpx.Response:
    """Open a page."""
    return httpx.get(url, follow_redirects=True, headers={"Accept": "text/html"}, timeout=SECONDS)
