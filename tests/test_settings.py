"""Settings come from the environment, URLs follow from ports, `.env.example` names them all."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit import config

from app.settings import ROOT, Settings

EXAMPLE = (ROOT / ".env.example").read_text()
VARIABLES = [name.upper() for name in Settings.model_fields]
each_variable = pytest.mark.parametrize("variable", VARIABLES)


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch):
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)


def from_file(tmp_path, text: str) -> Settings:
    (tmp_path / ".env").write_text(text)
    return Settings(_env_file=tmp_path / ".env")


def documented() -> dict[str, str]:
    return dict(re.findall(r"^# ([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))


def test_the_example_documents_every_variable_and_no_other():
    of_compose = re.findall(r"(?<!\$)\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text())
    assert set(documented()) == {*VARIABLES, *of_compose, "COMPOSE_PROFILES"}


@each_variable
def test_the_example_shows_the_default(variable, monkeypatch):
    monkeypatch.chdir(ROOT)
    settings, name = Settings(_env_file=None), variable.lower()
    default = getattr(settings, name)
    if name.endswith(("_internal_url", "_public_url")):
        service, kind, _ = name.rsplit("_", 2)
        default = settings.internal_url(service) if kind == "internal" else settings.public_url(service)
    shown = type(default)(documented()[variable])
    assert (shown.resolve() if hasattr(shown, "resolve") else shown) == default


@each_variable
def test_the_example_says_what_it_is_for(variable):
    above = EXAMPLE.split(f"# {variable}=")[0].splitlines()
    words = [line for line in above if not re.match(r"# [A-Z_]+=", line)][-1]
    assert words.startswith("# ")
    assert words.endswith(".")
    assert Settings.model_fields[variable.lower()].description


def test_uncommenting_all_of_the_example_changes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    settings = from_file(tmp_path, re.sub(r"^# ([A-Z_]+=)", r"\1", EXAMPLE, flags=re.MULTILINE))
    default = Settings(_env_file=None)
    for service in ("panel", "mlflow", "prefect", "dagster"):
        assert settings.internal_url(service) == default.internal_url(service)
        assert settings.public_url(service) == default.public_url(service)
    assert (settings.data_dir.resolve(), settings.workspace.resolve()) == (default.data_dir, default.workspace)


def test_the_environment_beats_the_file_and_the_file_the_default(tmp_path, monkeypatch):
    text = "MLFLOW_PORT=5001\nDAGSTER_PORT=3001\n"
    monkeypatch.setenv("MLFLOW_PORT", "5002")
    settings = from_file(tmp_path, text)
    assert (settings.mlflow_port, settings.dagster_port, settings.prefect_port) == (5002, 3001, 4200)


def test_an_empty_variable_is_no_value_and_a_strange_one_is_ignored(tmp_path):
    settings = from_file(tmp_path, "MLFLOW_PORT=\nSOMETHING_ELSE=1\n")
    assert settings.mlflow_port == 5000


def test_urls_follow_from_address_and_port(tmp_path):
    settings = from_file(tmp_path, "BIND_ADDRESS=192.168.1.5\nPREFECT_PORT=4201\n")
    assert settings.internal_url("prefect") == "http://192.168.1.5:4201"
    assert settings.public_url("prefect") == "http://192.168.1.5:4201"
    assert settings.prefect_api_url == "http://192.168.1.5:4201/api"


@pytest.mark.parametrize("address", ["0.0.0.0", "::"])
def test_a_service_that_listens_everywhere_is_reached_here(tmp_path, address):
    assert from_file(tmp_path, f"BIND_ADDRESS={address}\n").internal_url("mlflow") == "http://127.0.0.1:5000"


def test_an_ipv6_address_has_brackets_in_a_url(tmp_path):
    assert from_file(tmp_path, "BIND_ADDRESS=::1\n").internal_url("mlflow") == "http://[::1]:5000"


def test_given_urls_win_without_their_final_slash(tmp_path):
    text = "MLFLOW_INTERNAL_URL=http://mlflow:5000/\nDAGSTER_PUBLIC_URL=https://dagster.example.org/\n"
    settings = from_file(tmp_path, text)
    assert settings.internal_url("mlflow") == settings.public_url("mlflow") == "http://mlflow:5000"
    assert settings.internal_url("dagster") == "http://127.0.0.1:3000"
    assert settings.public_url("dagster") == "https://dagster.example.org"


def options(table: dict[str, Any], section: str = "") -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from options(value, f"{section}{name}.")
        else:
            yield section + name, value


STREAMLIT = dict(options(tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())))


@pytest.mark.parametrize("option", STREAMLIT)
def test_streamlit_knows_every_option_that_is_set(option):
    assert config.get_option(option) == STREAMLIT[option]
