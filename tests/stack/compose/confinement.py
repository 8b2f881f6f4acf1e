"""What the kernel says of the processes in a container."""

from tests.stack.compose.project import ComposeProject

LOOK = "sh -c 'for pid in 1 $(cat /proc/1/task/1/children); do cat /proc/$pid/status; done'"
CAPABILITIES = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")


def assert_is_confined(project: ComposeProject, service: str, user: int, group: int) -> None:
    """The container's first process and its program are these ids', can never get a capability, and are told so."""
    told = project.compose(f"exec -T {service} {LOOK}")
    processes = [_fields(part) for part in told.split("Name:")[1:]]
    assert len(processes) >= 2, told
    for process in processes:
        assert (process["Uid"].split(), process["Gid"].split()) == ([str(user)] * 4, [str(group)] * 4), service
        assert {int(process[name], 16) for name in CAPABILITIES} == {0}, process
        assert process["NoNewPrivs"] == "1", service


def _fields(status: str) -> dict[str, str]:
    return dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
