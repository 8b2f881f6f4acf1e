"""A real MLflow server says what it recorded, and without one there is a sentence."""

import time
from dataclasses import replace
from types import SimpleNamespace
from uuid import uuid4

import pytest

from app.engine.errors import NotFound, ServiceBusy, ServiceDown, ServiceRefused
from app.engine.tracking.client import (
    CLIENT_ENVIRONMENT,
    MlflowStore,
    filter_from,
    maker_of,
    quoted,
)
from tests.conftest import free_ports
from tests.engine.http_service import http_service
from tests.workshop.evidence import run_in
from workshop.facts import MlflowRun, RunPhase
from workshop.naming import DAGSTER_RUN_TAG, ENDED_BECAUSE_TAG, MLFLOW_PARENT_TAG, PREFECT_RUN_TAG

MODEL = "engine-churn"
FLOW_RUN = "6c1f1c5e-0000-4000-8000-00000000000f"


@pytest.fixture(scope="module", autouse=True)
def patient():
    """Undo the store's client settings after this module, and allow for a slow machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(CLIENT_ENVIRONMENT, "MLFLOW_HTTP_REQUEST_TIMEOUT", "20")
        for name, value in CLIENT_ENVIRONMENT.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="module")
def recorded(mlflow_server):
    """Two experiments, four runs and a registered model with two versions."""
    from mlflow import MlflowClient

    client = MlflowClient(mlflow_server)
    first = client.create_experiment("engine-first")
    second = client.create_experiment("engine-second")
    ids = {}
    for start, (name, experiment, auc) in enumerate(
        [("forest", first, 0.8), ("linear", first, 0.7), ("it's", second, 0.9), ("plain", second, None)]
    ):
        run = client.create_run(experiment, start_time=1_000_000_000_000 + start, run_name=name).info.run_id
        client.log_param(run, "family", name)
        if auc:
            client.log_metric(run, "roc_auc", auc)
        client.set_terminated(run, "FAILED" if name == "plain" else "FINISHED")
        ids[name] = run
    client.set_tag(ids["forest"], PREFECT_RUN_TAG, FLOW_RUN)
    client.set_tag(ids["linear"], DAGSTER_RUN_TAG, "it's-1")
    client.create_registered_model(MODEL)
    client.create_registered_model("engine-empty")
    for name in ("forest", "linear"):
        client.create_model_version(MODEL, f"runs:/{ids[name]}/model", ids[name], tags={"team": name})
    client.create_model_version(MODEL, "s3://elsewhere/model")
    client.set_registered_model_alias(MODEL, "champion", "1")
    client.set_registered_model_alias(MODEL, "best", "1")
    client.set_registered_model_alias(MODEL, "challenger", "2")
    return SimpleNamespace(ids=ids, first=first, second=second)


@pytest.fixture(scope="module")
def store(mlflow_server):
    return MlflowStore(mlflow_server, "http://public:5000")


@pytest.fixture
def names(store, recorded):
    """Ask for the names of runs, of this module's experiments only: the server may have others."""

    def ask(**options):
        experiments = options.pop("experiments", ["engine-first", "engine-second"])
        return [run.name for run in store.runs(experiments, **options)]

    assert recorded
    return ask


def test_runs_of_all_experiments_come_newest_first(names):
    assert names() == ["plain", "it's", "linear", "forest"]


def test_a_run_is_read_with_its_experiment_params_metrics_and_tags(store, recorded):
    run = store.run(recorded.ids["forest"])
    assert (run.name, run.experiment, run.experiment_id) == ("forest", "engine-first", recorded.first)
    assert (run.status, run.params, run.metrics) == ("FINISHED", {"family": "forest"}, {"roc_auc": 0.8})
    assert run.tags[PREFECT_RUN_TAG] == FLOW_RUN
    assert run.started.timestamp() == 1_000_000_000
    assert run.ended > run.started
    assert store.runs(["engine-first"])[1] == run


def test_experiments_are_chosen_by_name(names, store, recorded):
    assert names(experiments=["engine-first"]) == ["linear", "forest"]
    assert names(experiments=["no such"]) == []
    assert names(experiments=[]) == []
    experiments = store.experiments()
    assert (experiments[recorded.first], experiments[recorded.second]) == ("engine-first", "engine-second")
    assert set(names()) <= {run.name for run in store.runs()}


@pytest.mark.parametrize(
    ("order_by", "limit", "expected"),
    [
        ("metrics.roc_auc DESC", 2, ["it's", "forest"]),
        ("metrics.roc_auc ASC", 1, ["linear"]),
        ("params.family ASC", 4, ["forest", "it's", "linear", "plain"]),
        ("attributes.start_time ASC", 0, []),
    ],
)
def test_runs_are_sorted_and_limited_by_the_server(names, order_by, limit, expected):
    assert names(order_by=order_by, limit=limit) == expected


def test_more_runs_than_a_page_are_read_page_by_page(names, monkeypatch):
    monkeypatch.setattr("app.engine.tracking.client.PAGE", 2)
    assert names(limit=3) == ["plain", "it's", "linear"]
    assert names() == ["plain", "it's", "linear", "forest"]


@pytest.mark.parametrize(
    ("text", "status", "expected"),
    [
        ("", "", ["plain", "it's", "linear", "forest"]),
        ("FOR", "", ["forest"]),
        (" lin ", "", ["linear"]),
        ("it's", "", ["it's"]),
        ("metrics.roc_auc > 0.75", "", ["it's", "forest"]),
        ("params.family = 'linear'", "", ["linear"]),
        ("attributes.run_name LIKE 'p%'", "", ["plain"]),
        ("", "FAILED", ["plain"]),
        ("l", "FINISHED", ["linear"]),
        ("metrics.roc_auc > 0.1 and params.family = 'forest'", "FINISHED", ["forest"]),
        ("attributes.run_id in ('0')", "", []),
        ("made like it is in words", "", []),
    ],
)
def test_what_a_person_types_finds_runs(names, text, status, expected):
    assert names(filter=filter_from(text, status)) == expected


@pytest.mark.parametrize("text", ["metrics.roc_auc >", "roc_auc = ", "metrics.roc_auc > 'x' or 1 = 1", "a'b\"c = 1"])
def test_a_bad_filter_is_a_refusal_with_mlflows_reason(store, text):
    with pytest.raises(ServiceRefused, match=r"^MLflow refused: \w+"):
        store.runs(filter=filter_from(text))


def test_a_bad_order_is_a_refusal(store):
    with pytest.raises(ServiceRefused):
        store.runs(order_by="nonsense DESC")


@pytest.mark.parametrize(
    ("text", "written"), [("a", "'a'"), ("it's", '"it\'s"'), ('say "a"', "'say \"a\"'"), ('it\'s "a"', '"it\'s a"')]
)
def test_quoting_never_breaks_out(text, written):
    assert quoted(text) == written


@pytest.mark.parametrize(
    ("orchestrator", "id", "expected"),
    [("prefect", FLOW_RUN, ["forest"]), ("dagster", "it's-1", ["linear"]), ("dagster", FLOW_RUN, [])],
)
def test_the_runs_that_an_orchestrators_run_made_are_found_by_their_tag(store, recorded, orchestrator, id, expected):
    maker = replace(run_in(RunPhase.SUCCEEDED, orchestrator), id=id)
    made = store.runs_made_by(maker)
    assert [run.name for run in made] == expected
    assert recorded


def test_a_maker_is_one_that_can_be(store, recorded):
    makers = {name: maker_of(store.run(recorded.ids[name])) for name in ("forest", "linear", "plain")}
    assert makers == {"forest": ("prefect", FLOW_RUN), "linear": None, "plain": None}


def test_several_runs_are_read_at_once_in_the_order_asked_for(store, recorded):
    asked = [recorded.ids["linear"], "0" * 32, recorded.ids["forest"], recorded.ids["linear"]]
    assert [run.name for run in store.runs_with_ids(asked).values()] == ["linear", "forest"]
    assert store.runs_with_ids([]) == {}


def test_versions_have_their_aliases_and_what_their_run_logged(store, recorded):
    third, second, first = store.versions(MODEL)
    assert [version.version for version in (third, second, first)] == [3, 2, 1]
    assert (first.aliases, second.aliases, third.aliases) == (("best", "champion"), ("challenger",), ())
    assert (first.run_id, first.metrics) == (recorded.ids["forest"], {"roc_auc": 0.8})
    assert (first.params, first.tags) == ({"family": "forest"}, {"team": "forest"})
    assert (third.run_id, third.metrics, third.params) == ("", {}, {})


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize("name", ["it's", 'the "best"', 'it\'s the "best"', '100 %\'s "_"'])
def test_a_models_versions_are_found_whatever_quotes_are_in_its_name(store, mlflow_server, name):
    from mlflow import MlflowClient

    client = MlflowClient(mlflow_server)
    alike = sorted({name, name.replace("'", "_"), name.replace('"', "_")})
    for each in alike:
        client.create_registered_model(each)
        client.create_model_version(each, "s3://elsewhere/model")
    try:
        assert [(version.name, version.version) for version in store.versions(name)] == [(name, 1)]
    finally:
        for each in alike:
            client.delete_registered_model(each)


def test_registered_models_are_listed_by_name_and_may_have_no_versions(store, recorded):
    assert [name for name in store.registered_models() if name.startswith("engine-")] == [MODEL, "engine-empty"]
    assert store.versions("engine-empty") == []
    assert recorded


def test_the_versions_that_came_out_of_a_run_are_found(store, recorded):
    (version,) = store.versions_of_run(recorded.ids["linear"])
    assert (version.name, version.version, version.aliases) == (MODEL, 2, ("challenger",))
    assert store.versions_of_run(recorded.ids["plain"]) == []


def test_what_mlflow_does_not_have_is_not_found(store):
    with pytest.raises(NotFound, match=r"MLflow: .*0000"):
        store.run("0" * 32)
    with pytest.raises(NotFound, match=r"MLflow: .*no-such-model"):
        store.versions("no-such-model")


def test_every_link_leads_to_the_public_page(store, recorded):
    run = store.run(recorded.ids["forest"])
    assert store.run_url(run) == f"http://public:5000/#/experiments/{recorded.first}/runs/{run.id}"
    assert store.model_url("a model/1") == "http://public:5000/#/models/a%20model%2F1"
    assert store.version_url(store.versions(MODEL)[0]) == f"http://public:5000/#/models/{MODEL}/versions/3"


@pytest.fixture
def left_open(mlflow_server):
    """Leave runs open: without a maker, of a flow, of a Dagster run, and inside a flow's run."""
    from mlflow import MlflowClient

    client = MlflowClient(mlflow_server)
    experiment = client.create_experiment(f"engine-open-{time.monotonic_ns()}")

    def begin(name, **tags):
        return client.create_run(experiment, run_name=name, tags=tags).info.run_id

    ids = {"notebook": begin("notebook"), "flow": begin("flow", **{PREFECT_RUN_TAG: FLOW_RUN})}
    ids["job"] = begin("job", **{DAGSTER_RUN_TAG: str(uuid4())})
    ids["script"] = begin("script", **{PREFECT_RUN_TAG: "None"})
    ids["fold"] = begin("fold", **{MLFLOW_PARENT_TAG: ids["flow"]})
    ids["cell"] = begin("cell", **{MLFLOW_PARENT_TAG: ids["notebook"]})
    ids["over"] = begin("over")
    client.set_terminated(ids["over"])
    yield SimpleNamespace(client=client, ids=ids)
    client.delete_experiment(experiment)


def test_open_runs_are_those_of_which_nobody_knows_who_made_them(store, left_open):
    mine = {id_: name for name, id_ in left_open.ids.items()}
    assert {mine[run.id] for run in store.open_runs() if run.id in mine} == {"notebook", "cell", "script"}


def test_a_run_inside_another_is_hidden_only_while_one_of_a_maker_is_open_around_it(store, left_open):
    client, ids = left_open.client, left_open.ids
    experiment = client.get_run(ids["fold"]).info.experiment_id
    within = client.create_run(experiment, tags={MLFLOW_PARENT_TAG: ids["fold"]}).info.run_id
    client.set_tag(ids["notebook"], MLFLOW_PARENT_TAG, ids["cell"])  # a circle ends

    def shown():
        return {run.id for run in store.open_runs()} & {ids["fold"], within, ids["cell"]}

    assert shown() == {ids["cell"]}
    client.set_terminated(ids["flow"], "FAILED")
    assert shown() == {ids["fold"], within, ids["cell"]}


def test_a_run_that_somebody_ends_is_killed_and_says_why(store, left_open):
    run = store.end_run(left_open.ids["notebook"])
    assert (run.status, run.ended is not None) == ("KILLED", True)
    assert "Somebody ended this run" in run.tags[ENDED_BECAUSE_TAG]
    assert left_open.ids["notebook"] not in [each.id for each in store.open_runs()]


def test_a_run_that_ended_meanwhile_keeps_its_own_end(store, left_open):
    run = store.end_run(left_open.ids["over"])
    assert (run.status, ENDED_BECAUSE_TAG in run.tags) == ("FINISHED", False)


def test_a_program_that_is_alive_goes_on_with_a_run_that_somebody_ended(store, left_open):
    run_id = left_open.ids["notebook"]
    store.end_run(run_id)
    left_open.client.log_metric(run_id, "roc_auc", 0.7)
    left_open.client.set_terminated(run_id, "FINISHED")
    run = store.run(run_id)
    assert (run.status, run.metrics) == ("FINISHED", {"roc_auc": 0.7})


QUESTIONS = {
    "experiments": lambda store: store.experiments(),
    "runs": lambda store: store.runs(),
    "open_runs": lambda store: store.open_runs(),
    "run": lambda store: store.run("1"),
    "end_run": lambda store: store.end_run("1"),
    "runs_made_by": lambda store: store.runs_made_by(run_in(RunPhase.SUCCEEDED)),
    "registered_models": lambda store: store.registered_models(),
    "versions": lambda store: store.versions(MODEL),
    "versions_of_run": lambda store: store.versions_of_run("1"),
}
each_question = pytest.mark.parametrize("ask", QUESTIONS.values(), ids=QUESTIONS)


@each_question
def test_a_server_that_is_down_is_said_within_a_few_seconds(ask):
    url = f"http://127.0.0.1:{free_ports(1)[0]}"
    store = MlflowStore(url, "http://public:5000")
    began = time.monotonic()
    with pytest.raises(ServiceDown, match=r"MLflow does not answer at http://public:5000\. Start"):
        ask(store)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("answer", [20.0, (503, {}), (502, b"<html>")], ids=["hangs", "busy", "bad gateway"])
def test_a_server_that_hangs_or_only_fails_is_slow(monkeypatch, answer):
    monkeypatch.setitem(CLIENT_ENVIRONMENT, "MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    with http_service() as service:
        service.answers = [answer]
        store = MlflowStore(service.url, service.url)
        began = time.monotonic()
        with pytest.raises(ServiceBusy, match=f"MLflow is slow to answer at {service.url}"):
            store.runs()
    assert time.monotonic() - began < 8


def test_a_run_without_a_name_is_called_by_its_id():
    from mlflow.entities import Run, RunData, RunInfo

    from app.engine.tracking.facts import read_run

    run = read_run(Run(RunInfo("0123456789", "1", "me", "RUNNING", 0, None, "active"), RunData()), "e")
    assert isinstance(run, MlflowRun)
    assert (run.name, run.ended, run.params) == ("01234567", None, {})
