"""End what has no living process any more: flow runs, task runs, Dagster runs, MLflow runs.

A tool whose process was killed goes on calling its run Running. The worker looks after Prefect and the code server
after Dagster, because each of them sees the processes of its own runs, in the local stack and in its container.
Every run that is ended says why, and that it can be run again. A run is left alone while it may still be alive.
"""
