"""The record of trainings in MLflow, on SQLite in the store or in the store's PostgreSQL: a mirror for analysts, never
needed for a list.

Which model is champion is decided by the store's own ledger. Here parameters, metrics, curves and the
compiled table are kept beside each other, with hashes and counts but nothing of any pupil. Nothing is
pickled, and nothing logged here is ever loaded to score. Whatever goes wrong is said in one line and stops
nothing.
"""

import math
import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sources import server

MODEL = "handrail"
SCHEMA = "mlflow"  # of its own in the store's PostgreSQL: who looks at trainings need not see the rest
CHAMPION, CHALLENGER = "champion", "challenger"
MODEL_FILES = (  # nothing else in the folder
    "scorecard.parquet", "pairs.parquet", "bags.parquet", "manifest.json", "card.md", "card.html",
)  # fmt: skip
PATIENCE = 5.0  # seconds to wait for another writer
METRICS_AT_ONCE, PARAMS_AT_ONCE = 800, 80  # MLflow takes 1,000 entries and 100 parameters in one call

Tell = Callable[[str], None]


def log_training(
    store: Path, model_dir: Path, name: str, params: Mapping[str, object], metrics: Mapping[str, float],
    pictures: Sequence[Path], tags: Mapping[str, str], tell: Tell,
) -> str | None:  # fmt: skip
    """The version number of the model in the registry, or None where MLflow could not be used, which `tell`
    says.

    Logs parameters, metrics (those that are numbers), the model's own files and pictures, and tags (data_hash
    and settings_hash among them), and registers a version whose source is the run's folder.
    """

    def log(client: Any) -> str:
        run = client.create_run(_experiment(client, store), tags=dict(tags), run_name=name)
        run_id = run.info.run_id
        _log_numbers(client, run_id, params, metrics)
        for file in (model_dir / name for name in MODEL_FILES):
            if file.exists():
                client.log_artifact(run_id, str(file), "model")
        for picture in pictures:
            client.log_artifact(run_id, str(picture), "pictures")
        client.set_terminated(run_id)
        return _register(client, run.info.artifact_uri, run_id, {**tags, "model_id": name})

    version: str | None = _with_mlflow(store, log, "record this training", tell)
    return version


def promote(store: Path, version: str, tell: Tell, alias: str = CHAMPION) -> bool:
    """Whether the alias (`champion`, or `challenger`) now points at the version."""

    def point(client: Any) -> bool:
        client.set_registered_model_alias(MODEL, alias, version)
        return True

    return _with_mlflow(store, point, f"name version {version} {alias}", tell) is True


def promote_model(store: Path, model_id: str, tell: Tell) -> bool:
    """Whether the alias `champion` now points at the newest version that holds this model."""

    def point(client: Any) -> bool:
        held = client.search_model_versions(f"name = '{MODEL}'") if _registered(client) else []
        versions = [int(version.version) for version in held if version.tags.get("model_id") == model_id]
        if versions:
            client.set_registered_model_alias(MODEL, CHAMPION, str(max(versions)))
            _no_longer_challenger(client, versions)
        return bool(versions)

    return _with_mlflow(store, point, f"name model {model_id} champion", tell) is True


def _no_longer_challenger(client: Any, versions: Sequence[int]) -> None:
    """A model that reigns does not challenge."""
    named = client.get_registered_model(MODEL).aliases.get(CHALLENGER)
    if named is not None and int(named) in versions:
        client.delete_registered_model_alias(MODEL, CHALLENGER)


def champion_version(store: Path, tell: Tell) -> str | None:
    """The version that the alias `champion` points at; None where there is none yet."""
    if server.address() is None and not database(store).exists():
        return None

    def read(client: Any) -> str | None:
        if not _registered(client):
            return None
        version = client.get_registered_model(MODEL).aliases.get(CHAMPION)
        return None if version is None else str(version)

    answer: str | None = _with_mlflow(store, read, "say which version is champion", tell)
    return answer


def database(store: Path) -> Path:
    """Where MLflow's own tables are kept, unless in a PostgreSQL."""
    return store.resolve() / "mlflow.db"


def _with_mlflow(store: Path, use: Callable[[Any], Any], aim: str, tell: Tell) -> Any:
    """What `use` makes of a client, or None and one line about why not."""
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"  # read once, when mlflow is imported
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")  # likewise; its migrations chatter otherwise
    try:
        store.mkdir(parents=True, exist_ok=True)
        address = _address(store)
        from mlflow.tracking import MlflowClient

        return use(MlflowClient(tracking_uri=address, registry_uri=address))
    except Exception as error:  # a mirror may break in any way of its own; the training it mirrors must not
        reason = _without_password((str(error).strip().splitlines() or ["no reason given"])[0])[:160]
        tell(f"MLflow could not {aim} ({type(error).__name__}: {reason}). The model itself is unharmed.")
        return None


def _address(store: Path) -> str:
    """Where MLflow's tables are, as it wants to be told. Raises at once where they cannot be read: MLflow itself would
    try again for 100 seconds."""
    where = server.address()
    if where is not None:
        return server.apart(where, SCHEMA).render_as_string(hide_password=False)
    with closing(sqlite3.connect(database(store), timeout=PATIENCE)) as connection:
        connection.execute("select count(*) from sqlite_master")
    return f"sqlite:///{database(store)}"


def _without_password(words: str) -> str:
    """MLflow may repeat the address that it was told."""
    where = server.address()
    if where is None or not where.password:
        return words
    return words.replace(where.render_as_string(hide_password=False), str(where)).replace(
        str(where.password), "…"
    )


def _experiment(client: Any, store: Path) -> str:
    """The experiment whose artifacts lie in this store: a store copied elsewhere must not write to the old
    one."""
    location = (store.resolve() / "mlflow").as_uri()
    for name in (MODEL, f"{MODEL} at {store.resolve()}"):
        known = client.get_experiment_by_name(name)
        if known is None:
            return str(client.create_experiment(name, artifact_location=location))
        if known.artifact_location == location:
            return str(known.experiment_id)
    raise OSError(f"both experiments of this store keep their files elsewhere than {location}")


def _log_numbers(
    client: Any, run_id: str, params: Mapping[str, object], metrics: Mapping[str, float]
) -> None:
    from mlflow.entities import Metric, Param

    numbers = [Metric(key, float(value), 0, 0) for key, value in metrics.items() if math.isfinite(value)]
    values = [Param(key, str(value)) for key, value in params.items()]
    for start in range(0, len(numbers), METRICS_AT_ONCE):
        client.log_batch(run_id, metrics=numbers[start : start + METRICS_AT_ONCE])
    for start in range(0, len(values), PARAMS_AT_ONCE):
        client.log_batch(run_id, params=values[start : start + PARAMS_AT_ONCE])


def _register(client: Any, artifacts: str, run_id: str, tags: Mapping[str, str]) -> str:
    if not _registered(client):
        client.create_registered_model(MODEL, description="Compiled tables of points, never unpickled.")
    made = client.create_model_version(
        MODEL, f"{artifacts}/model", run_id=run_id, tags=dict(tags), await_creation_for=0
    )
    return str(made.version)


def _registered(client: Any) -> bool:
    return bool(client.search_registered_models(f"name = '{MODEL}'"))
