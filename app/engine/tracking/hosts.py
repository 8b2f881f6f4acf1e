"""Which host headers MLflow must answer; anything else gets 403 while its `/health` looks well."""

from urllib.parse import urlsplit


def allowed_hosts(*urls: str) -> str:
    """Write MLFLOW_SERVER_ALLOWED_HOSTS: this machine's own names, and the hosts of these URLs."""
    return ",".join(["localhost:*", "127.0.0.1:*", *sorted({urlsplit(url).netloc for url in urls})])
