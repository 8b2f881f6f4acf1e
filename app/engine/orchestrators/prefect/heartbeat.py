"""When a worker that has given no sign of life counts as gone. Only a number: the containers' health checks read it."""

STALE_HEARTBEAT_SECONDS = 12
"""Four heartbeats of the stack's worker (PREFECT_WORKER_HEARTBEAT_SECONDS=3)."""
