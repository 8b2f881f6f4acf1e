"""List the host headers that MLflow must answer.

Any other gets 403, while `/health` looks well.
"""

from urllib.parse import urlsplit


def allowed_hosts(*urls: str) -> str:
    """Write MLFLOW_SERVER_ALLOWED_HOSTS: this machine's names and the hosts of these URLs."""
    return ",".join(["localhost:*", "127.0.0.1:*", *sorted({urlsplit(url).netloc for url in urls})])
