"""Which requests the guard refuses, by their headers alone; tests/stack/test_guard.py asks the real services."""

import pytest

from app.engine.stack.guard import Names, names_of, refusal

HOST = "127.0.0.1:4200"
NAMES = names_of(
    "prefect", {"PREFECT_PUBLIC_URL": "https://prefect.example", "PREFECT_INTERNAL_URL": "http://prefect:4200"}
)
SOCKET = "websocket"


def ask(method: str = "GET", path: str = "/", query: str = "", **headers: str) -> str:
    sent = {"host": HOST} | {name.replace("_", "-"): value for name, value in headers.items()}
    scope = {
        "type": SOCKET if method == SOCKET else "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in sent.items()],
    }
    return refusal(scope, NAMES)


@pytest.mark.parametrize(
    "host",
    [HOST, "localhost:4200", "LOCALHOST", "[::1]:4200", "prefect.example", "prefect:4200", "127.0.0.1:80"],
)
def test_the_services_own_names_are_answered(host):
    assert ask(host=host) == ""


@pytest.mark.parametrize(
    "host",
    [
        *("", "evil.example", "evil.example:4200", "127.0.0.1.evil.example", "evil@127.0.0.1", "127.0.0.1/x"),
        *("[::1", "a:b:c", "localhost.", "127.0.0.1:", "127.0.0.1\\@evil.example", "dagster:4200"),
    ],
)
def test_another_name_is_refused_and_the_setting_is_named(host):
    assert "PREFECT_PUBLIC_URL" in ask(host=host)


def test_a_long_name_is_not_repeated_whole():
    assert len(ask(host="x" * 5_000)) < 300


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", SOCKET])
@pytest.mark.parametrize(
    "origin",
    [
        *("http://evil.example", "http://127.0.0.1:8888", "http://localhost", "http://127.0.0.1:4200.evil.example"),
        *("file://127.0.0.1:4200", "chrome-extension://127.0.0.1:4200", "https://prefect.example.evil"),
        *("127.0.0.1:4200", "null", ""),
    ],
)
def test_a_foreign_page_reads_and_changes_nothing(method, origin):
    assert ask(method, origin=origin) != ""


@pytest.mark.parametrize("method", ["GET", "POST", SOCKET])
@pytest.mark.parametrize(
    "origin", ["http://127.0.0.1:4200", "http://localhost:4200", "http://[::1]:4200", "https://prefect.example"]
)
def test_an_own_page_may_whatever_the_browser_calls_it(method, origin):
    assert ask(method, origin=origin, sec_fetch_site="cross-site", sec_fetch_mode="cors") == ""


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", SOCKET])
def test_a_program_that_is_no_browser_may(method):
    assert ask(method) == ""


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_of_another_site_only_a_link_may(site):
    assert ask(sec_fetch_site=site, sec_fetch_mode="navigate", sec_fetch_dest="document") == ""
    assert ask(sec_fetch_site=site, sec_fetch_mode="navigate", sec_fetch_dest="iframe") != ""
    assert ask(sec_fetch_site=site, sec_fetch_mode="no-cors", sec_fetch_dest="image") != ""
    assert ask("POST", sec_fetch_site=site, sec_fetch_mode="navigate") != ""
    assert ask("HEAD", sec_fetch_site=site, sec_fetch_mode="navigate") != ""


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_own_requests_and_typed_addresses_pass(site):
    assert ask(sec_fetch_site=site, sec_fetch_mode="no-cors") == ""


@pytest.mark.parametrize("path", ["/graphql", "/graphql/", "/prefix/graphql"])
@pytest.mark.parametrize("query", ["query=x", "a=b&query=x", "qu%65ry=x", "query", "%71uery=x"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_graphql_is_never_read_from_the_address(method, path, query):
    assert "GraphQL" in ask(method, path, query, content_type="application/json")


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "text/plain;a=application/json", "application/jsonp", "multipart/form-data; b=x"]
)
def test_graphql_is_answered_for_json_alone(content_type):
    assert "GraphQL" in ask("POST", "/graphql", content_type=content_type)
    assert ask("POST", "/graphql", content_type="Application/JSON; charset=utf-8") == ""


def test_graphqls_websocket_and_page_pass():
    assert ask(SOCKET, "/graphql") == ""
    assert ask("GET", "/graphql") == ""


@pytest.mark.parametrize(
    ("address", "is_a_name"), [("192.0.2.7", True), ("0.0.0.0", False), ("::", False), ("", False)]
)
def test_the_address_that_a_service_is_bound_to_is_a_name(address, is_a_name):
    names = names_of("panel", {"BIND_ADDRESS": address})
    assert names.knows(f"{address or '192.0.2.7'}:8501") is is_a_name


def test_without_settings_only_loopback_is_known():
    assert names_of("panel", {}).hosts == {"localhost", "127.0.0.1", "::1"}


def test_other_services_names_are_not_its_own():
    assert not Names(frozenset({"mlflow"})).knows("prefect:4200")
