"""A page of another site, open in the browser, cannot call the services that run code: loopback alone is no wall."""

import httpx
import pytest

STRANGER = "https://stranger.example"
ASKED = {"mlflow": "/api/2.0/mlflow/experiments/search", "prefect": "/api/deployments/filter", "dagster": "/graphql"}
ALLOWS = "access-control-allow-origin"


def ask_before_sending(url: str, origin: str) -> httpx.Response:
    """What a browser asks before it lets a page of another origin send JSON."""
    headers = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    return httpx.options(url, headers=headers | {"Origin": origin})


@pytest.mark.parametrize("service", ASKED)
def test_a_page_of_another_site_may_not_send_anything(stack, service):
    answer = ask_before_sending(f"{stack.public_url(service)}{ASKED[service]}", STRANGER)
    assert answer.headers.get(ALLOWS) is None


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_prefects_own_page_may_under_either_name_of_this_machine(stack, host):
    origin = f"http://{host}:{stack.prefect_port}"
    answer = ask_before_sending(f"{stack.public_url('prefect')}{ASKED['prefect']}", origin)
    assert (answer.status_code, answer.headers.get(ALLOWS)) == (200, origin)
