"""The supervisor's configuration file, written from the services at each start.

Every `%(ENV_…)s` comes from `environment.py`, and all programs inherit these variables. The program with the lowest
priority starts first and stops last: a run that is stopped still tells MLflow and Prefect.
"""

import re
from collections.abc import Iterable

from app.engine.stack.service import Program, Service
from app.engine.stack.services import SERVICES

HEAD = """\
[supervisord]
nodaemon = false
directory = %(ENV_STACK_ROOT)s
pidfile = %(ENV_STACK_FOLDER)s/supervisord.pid
logfile = %(ENV_STACK_FOLDER)s/supervisord.log
logfile_maxbytes = 2MB
logfile_backups = 1
childlogdir = %(ENV_STACK_FOLDER)s/logs
identifier = mlops-workshop
umask = 077

[unix_http_server]
file = %(ENV_STACK_SOCKETS)s/supervisor.sock
chmod = 0600

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""
PROGRAM = """
[program:{name}]
priority = {priority}
command = "%(ENV_STACK_PYTHON)s" {arguments}
directory = %(ENV_STACK_ROOT)s
environment = {environment}
stdout_logfile = %(ENV_STACK_FOLDER)s/logs/{name}.log
redirect_stderr = true
stdout_logfile_maxbytes = 5MB
stdout_logfile_backups = 1
autostart = {autostart}
autorestart = true
startsecs = {start_seconds}
startretries = {start_retries}
stopasgroup = true
killasgroup = true
"""
FIRST, LATER = 1, 999
VARIABLE = re.compile(r"\{([A-Z_]+)\}")


def configuration(services: Iterable[Service] = SERVICES) -> str:
    """Write the file that starts these services."""
    return HEAD + "".join(_program(service, program) for service in services for program in service.starts)


def _program(service: Service, program: Program) -> str:
    return PROGRAM.format(
        name=program.name,
        priority=FIRST if program.stops_last else LATER,
        arguments=" ".join(_quoted(each) for each in (*program.arguments, *program.local_arguments)),
        environment=",".join(f'{name}="{_filled(value)}"' for name, value in program.environment.items()),
        autostart=str(not service.starts_after).lower(),
        start_seconds=program.start_seconds,
        start_retries=program.start_retries,
    )


def _quoted(argument: str) -> str:
    """Write an argument so that a space in it, or in a variable's value, ends it nowhere."""
    return f'"{_filled(argument)}"' if VARIABLE.search(argument) or " " in argument else argument.replace("%", "%%")


def _filled(text: str) -> str:
    return VARIABLE.sub(r"%(ENV_\1)s", text.replace("%", "%%"))
