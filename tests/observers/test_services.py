"""W&B and MLflow, with small doubles in their place."""

import sys
from types import ModuleType, SimpleNamespace

import pytest

from vireid.observers.mlflow_run import MlflowRun
from vireid.observers.wandb_run import WandbRun

RECIPE = {"seed": 3, "labelling": {"k1": 8}, "stages": ({"name": "joint"},)}
LINE = {"stage": "joint", "epoch": 1, "losses": {"total": 0.5}}
POINTS = [(10, "step/total", 1.5), (20, "epoch", 1), (20, "losses/total", 0.5)]


def module(name, **content):
    made = ModuleType(name)
    vars(made).update(content)
    return made


class FakeWandb:
    """Keeps the runs that were begun by name, and every point logged."""

    def __init__(self):
        self.begun, self.points, self.exits = [], [], []

    def init(self, **named):
        self.begun.append(named)
        identifier = named["id"] or f"run-{len(self.begun)}"
        return SimpleNamespace(id=identifier, log=self.log, finish=self.finish)

    def log(self, values, step):
        self.points += [(step, name, value) for name, value in values.items()]

    def finish(self, exit_code):
        self.exits.append(exit_code)


class FakeMlflow:
    """Keeps experiments, runs, parameters and points."""

    def __init__(self):
        self.experiments, self.runs, self.params, self.points = {}, {}, {}, []
        self.places = []

    def __call__(self, uri):
        self.places.append(uri)
        return self

    def get_experiment_by_name(self, name):
        return SimpleNamespace(experiment_id=name) if name in self.experiments else None

    def create_experiment(self, name, artifact_location):
        self.experiments[name] = artifact_location
        return name

    def create_run(self, experiment, run_name):
        identifier = f"run-{len(self.runs) + 1}"
        self.runs[identifier] = [experiment, run_name, "RUNNING"]
        return SimpleNamespace(info=SimpleNamespace(run_id=identifier))

    def update_run(self, identifier, status):
        self.runs[identifier][2] = status

    set_terminated = update_run

    def log_batch(self, identifier, metrics=(), params=()):
        assert identifier in self.runs
        assert len(params) <= 100
        self.params |= dict(params)
        self.points += [(step, name, value) for name, value, _, step in metrics]


@pytest.fixture
def wandb(monkeypatch):
    fake = FakeWandb()
    double = module("wandb", init=fake.init, Settings=lambda **named: named)
    monkeypatch.setitem(sys.modules, "wandb", double)
    monkeypatch.delenv("WANDB_PROJECT", raising=False)
    return fake


@pytest.fixture
def mlflow(monkeypatch):
    fake = FakeMlflow()
    entities = module("mlflow.entities", Metric=lambda *v: v, Param=lambda *v: v)
    monkeypatch.setitem(sys.modules, "mlflow", module("mlflow", MlflowClient=fake))
    monkeypatch.setitem(sys.modules, "mlflow.entities", entities)
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME"):
        monkeypatch.delenv(name, raising=False)
    return fake


def tell(observer, *, finished):
    observer.log_step(10, {"total": 1.5})
    observer.log_epoch(20, LINE)
    observer.close(finished=finished)


@pytest.mark.parametrize(("service", "kind"), [("wandb", WandbRun), ("mlflow", MlflowRun)])
def test_what_was_told_before_is_not_told_again(service, kind, tmp_path, request):
    fake = request.getfixturevalue(service)
    tell(kind(tmp_path, "first", RECIPE), finished=False)
    assert fake.points == POINTS
    tell(kind(tmp_path, "first", RECIPE), finished=True)
    assert fake.points == POINTS
    again = kind(tmp_path, "first", RECIPE)
    again.log_step(30, {"total": 1.0, "triplet/mixed": float("inf")})
    assert fake.points == [*POINTS, (30, "step/total", 1.0)]


def test_wandb_goes_on_with_its_run_below_the_folder(wandb, tmp_path, monkeypatch):
    for finished in (False, True):
        tell(WandbRun(tmp_path / "logs", "first", RECIPE), finished=finished)
    one, other = wandb.begun
    assert one["dir"] == str(tmp_path / "logs")
    assert (one["project"], one["name"], one["config"]) == ("vireid", "first", RECIPE)
    assert (one["id"], other["id"]) == (None, "run-1")
    assert (one["resume"], other["resume"]) == (None, "allow")
    assert wandb.exits == [1, 0]
    assert "mode" not in one, "WANDB_MODE decides"
    monkeypatch.setenv("WANDB_PROJECT", "mine")
    WandbRun(tmp_path / "other", "second", RECIPE)
    assert wandb.begun[-1]["project"] == "mine"


def test_mlflow_keeps_a_database_below_the_folder(mlflow, tmp_path):
    first = MlflowRun(tmp_path / "logs", "first", RECIPE)
    assert mlflow.places == [f"sqlite:///{tmp_path}/logs/mlflow/mlflow.db"]
    assert mlflow.experiments == {"vireid": f"file://{tmp_path}/logs/mlflow/artifacts"}
    assert mlflow.params == {"seed": "3", "labelling.k1": "8", "stages.0.name": "joint"}
    tell(first, finished=False)
    assert mlflow.runs == {"run-1": ["vireid", "first", "KILLED"]}
    again = MlflowRun(tmp_path / "logs", "first", RECIPE)
    assert mlflow.runs["run-1"][2] == "RUNNING"
    tell(again, finished=True)
    assert mlflow.runs == {"run-1": ["vireid", "first", "FINISHED"]}


def test_mlflow_obeys_its_own_environment(mlflow, tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://server:5000")
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "mine")
    for name in ("first", "second"):
        MlflowRun(tmp_path / name, name, {str(i): i for i in range(250)})
    assert mlflow.places == ["http://server:5000"] * 2
    assert mlflow.experiments == {"mine": None}, "the server knows where; found the second time"
    assert [run[:2] for run in mlflow.runs.values()] == [["mine", "first"], ["mine", "second"]]
    assert len(mlflow.params) == 250
