"""Say when a silent worker counts as gone. The containers' health checks read this, too."""

STALE_HEARTBEAT_SECONDS = 12
"""Four heartbeats of the stack's worker (PREFECT_WORKER_HEARTBEAT_SECONDS=3)."""
