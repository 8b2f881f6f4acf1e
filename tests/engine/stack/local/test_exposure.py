"""Who else reaches the services is said when somebody does."""

import pytest

from app.engine.stack.local.exposure import warning
from app.settings import Settings


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_nothing_is_said_while_only_this_machine_can(address):
    assert warning(Settings(_env_file=None, bind_address=address)) == ""


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.7", "my-laptop"])
def test_otherwise_it_says_what_everybody_can_do(address):
    said = warning(Settings(_env_file=None, bind_address=address, prefect_port=4300))
    for word in (f"BIND_ADDRESS={address}", "any command", "port 4300", "password", "BIND_ADDRESS=127.0.0.1"):
        assert word in said
