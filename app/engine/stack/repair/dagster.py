"""End the Dagster runs whose process is gone.

Only the code server's machine, or its container, can know: the processes of its runs are there. A code server that was
killed alone leaves its runs' processes, which finish well, and the new one does not know them. So a run is judged by
its process, whose number it has logged itself, or which should have begun by now. A run that another code server
started, or would start, or no code server at all (`dagster dev`, a test, a script), is not judged.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psutil
from dagster import DagsterEventType, DagsterInstance, DagsterRun, DagsterRunStatus, RunsFilter
from dagster._core.remote_origin import GrpcServerCodeLocationOrigin
from dagster._core.storage.tags import GRPC_INFO_TAG

from app.engine.stack.repair.mlflow import Ending
from app.engine.stack.repair.processes import environment_of, read_processes
from app.engine.stack.repair.rounds import SeenBefore

if TYPE_CHECKING:
    from dagster import RunRecord

UNDER_WAY = [
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
]
PROCESS_OF_RUN = re.compile(r"Started process for (?:run|resuming job) \(pid: (\d+)\)")
"""What a run logs before it does anything else."""
RUN_COMMANDS = ("--multiprocessing-fork", "execute_run")
"""In the command line of a process that executes a run: spawned by the code server, or started by a launcher."""
SETTLE_SECONDS = 10.0
"""A code server says within a second that a process of its own has died, and with which exit code."""
START_SECONDS = 60.0
"""From the launch of a run until its process says its number, at the most."""
LAUNCH_SECONDS = 10.0
"""From the moment at which a run calls itself STARTING until the code server hears of it, at the most."""

PROCESS_IS_GONE = "Dagster was stopped while this ran, or its process was killed. Run it again."
NEVER_STARTED = "Dagster was stopped before this run's process began. Run it again."
WAS_CANCELLED = "Its process has ended."


@dataclass(frozen=True)
class Server:
    """Where a code server listens: what Dagster writes on each run that it launches there."""

    socket: str = ""
    port: int = 0

    def has_launched(self, run: DagsterRun) -> bool:
        """Whether a run's process is, or was, a child of this server or of one before it."""
        where = json.loads(run.tags.get(GRPC_INFO_TAG, "{}"))
        return bool(where) and self._is_at(where.get("socket"), where.get("port"))

    def would_launch(self, run: DagsterRun) -> bool:
        """Whether a run that nobody has launched yet is of a job that this server serves."""
        job = run.remote_job_origin
        origin = job.repository_origin.code_location_origin if job else None
        return isinstance(origin, GrpcServerCodeLocationOrigin) and self._is_at(origin.socket, origin.port)

    def _is_at(self, socket: str | None, port: int | None) -> bool:
        return (socket or "", port or 0) == (self.socket, self.port)


class DagsterRuns:
    """The runs that one code server has launched.

    Args:
        instance: where Dagster keeps its runs.
        server: the code server.
        settle_seconds: how long a run that looks lost, or has ended, may take to say what there is to say.
    """

    def __init__(self, instance: DagsterInstance, server: Server, settle_seconds: float = SETTLE_SECONDS) -> None:
        self._instance, self._server = instance, server
        self._settle_seconds = settle_seconds
        self._began = datetime.now(UTC).timestamp()
        self._looked_lost = SeenBefore(settle_seconds)

    def end_lost(self) -> Iterator[str]:
        """End each run that has no process, and say so."""
        records = self._instance.get_run_records(RunsFilter(statuses=UNDER_WAY))
        lost = {record.dagster_run.run_id: why for record, why in self._lost(records)} if records else {}
        for run_id in self._looked_lost.of(lost.keys()):
            run = self._instance.get_run_by_id(run_id)  # once more: it may have ended since
            if run and run.status in UNDER_WAY:
                yield self._end(run, lost[run_id])

    def _lost(self, records: "Sequence[RunRecord]") -> "Iterator[tuple[RunRecord, str]]":
        pids = self._pids(records)
        processes = run_processes()
        starting = set(processes) - {pid for pid, _ in pids.values()}
        newest = dict(sorted(pids.values(), key=lambda each: each[1]))
        for record in records:
            run = record.dagster_run
            if process := pids.get(run.run_id):
                pid, moment = process
                # after a restart a number may be another run's
                if self._server.has_launched(run) and not (pid in processes and newest[pid] == moment):
                    yield record, PROCESS_IS_GONE
            elif self._should_have_begun(record) and not any(processes[pid] for pid in starting):
                yield record, NEVER_STARTED

    def _should_have_begun(self, record: "RunRecord") -> bool:
        run = record.dagster_run
        if run.status is DagsterRunStatus.STARTED:  # it has begun, and did not say its number
            return False
        changed = record.update_timestamp.timestamp()
        has_had_time = datetime.now(UTC).timestamp() - changed > START_SECONDS
        if run.status is DagsterRunStatus.NOT_STARTED:
            return self._server.would_launch(run) and has_had_time
        was_lost = changed < self._began - LAUNCH_SECONDS
        return self._server.has_launched(run) and (was_lost or has_had_time)

    def _pids(self, records: "Sequence[RunRecord]") -> dict[str, tuple[int, float]]:
        """Read of each run which process it last said it is, and when."""
        pids: dict[str, tuple[int, float]] = {}
        for record in records:
            run_id = record.dagster_run.run_id
            for entry in self._instance.all_logs(run_id, of_type=DagsterEventType.ENGINE_EVENT):
                if match := PROCESS_OF_RUN.search(entry.message):
                    pids[run_id] = (int(match.group(1)), entry.timestamp)
        return pids

    def _end(self, run: DagsterRun, why: str) -> str:
        if run.status is DagsterRunStatus.CANCELING:
            self._instance.report_run_canceled(run, WAS_CANCELLED)
            return f"Dagster run {run.run_id} is CANCELED. {WAS_CANCELLED}"
        self._instance.report_run_failed(run, why)
        return f"Dagster run {run.run_id} is FAILURE. {why}"

    def endings(self, run_ids: set[str]) -> dict[str, Ending]:
        """Tell how each of these runs has ended.

        A run that may still be under way, or that does not exist, is left out.
        """
        now, endings = datetime.now(UTC).timestamp(), dict[str, Ending]()
        for record in self._instance.get_run_records(RunsFilter(run_ids=list(run_ids))):
            run, end = record.dagster_run, record.end_time
            if run.is_finished and end and now - end >= self._settle_seconds:
                is_cancelled = run.status is DagsterRunStatus.CANCELED
                at = datetime.fromtimestamp(end, UTC)
                endings[run.run_id] = Ending(f"Dagster run {run.run_id[:8]}", run.status.value, is_cancelled, at)
        return endings


def run_processes() -> dict[int, bool]:
    """List the processes here that may execute a run, each with whether a code server is its parent.

    Raises:
        CannotSee: not every process that may be one can be read.
    """
    home = os.environ.get("DAGSTER_HOME")

    def read(process: psutil.Process) -> bool | None:
        if _executes_run(process.cmdline()) and environment_of(process).get("DAGSTER_HOME") == home:
            return _is_code_server(process.parent())
        return None

    return read_processes(read)


def _executes_run(command: list[str]) -> bool:
    return any(word in RUN_COMMANDS for word in command)


def _is_code_server(process: psutil.Process | None) -> bool:
    try:
        command = process.cmdline() if process else []
    except psutil.NoSuchProcess:  # it has ended just now; its child has not
        command = []
    return "dagster" in " ".join(command) and "grpc" in command


def server_of(arguments: Mapping[str, str]) -> Server:
    """Read from the options of `dagster code-server start` where it listens."""
    return Server(arguments.get("--socket", ""), int(arguments.get("--port", 0)))
