"""Where an analyst may start: the model in use, how well it did, what moves it, and whom other capacities would reach.

    marimo edit notebooks/start_here.py -- --store store

A marimo notebook is plain Python: it diffs, and runs as a script. It reads the store and writes nothing. No pupil is
shown: counts and shares only.
"""

import marimo

app = marimo.App(width="medium", app_title="Handrail: start here")


@app.cell
def _():
    import os
    from pathlib import Path

    import marimo as mo
    import numpy as np
    import pandas as pd

    from models import shelf
    from models.capacity import listed, roll
    from models.scoring import by_family, chance_to_rank_by
    from sources.store import Store

    return Path, Store, by_family, chance_to_rank_by, listed, mo, np, os, pd, roll, shelf


@app.cell
def _(Path, Store, mo, os, shelf):
    root = Path(mo.cli_args().get("store") or os.environ.get("HANDRAIL_STORE", "store"))
    store, shelves = Store(root), root / "models"
    model = shelf.load(shelves, shelf.champion(shelves) or shelf.newest(shelves))
    mo.md(
        f"# Model `{model.id}`\n\nTrained as of {model.manifest['as_of']}; gate passed: **{model.passed}**."
    )
    return model, root, store


@app.cell
def _(model, pd):
    # Every check of the gate, with its figure, its interval and its sentence.
    gate = pd.DataFrame(model.manifest["gate"]["criteria"])[
        ["name", "verdict", "figure", "low", "high", "words"]
    ]
    gate
    return (gate,)


@app.cell
def _(model, pd):
    # Every method on the same later dates.
    told = ["method", "auroc", "average_precision", "precision_at_capacity", "recall_at_capacity", "recall_first",
            "calibration"]  # fmt: skip
    methods = {name: pd.DataFrame(rows)[told] for name, rows in model.manifest["evaluations"].items()}
    methods.get("escalation")
    return (methods,)


@app.cell
def _(model, pd):
    # What else it was judged by: lead, published, churn, unseen, strata, stability, censoring, bias, pairs, usefulness.
    judging = {name: pd.DataFrame(rows) for name, rows in model.manifest["judging"].items()}
    judging["lead"]
    return (judging,)


@app.cell
def _(Path, pd, root):
    # The features of the last list, as known that night.
    import json

    run = (
        json.loads((root / "current.json").read_text(encoding="utf-8"))["run"]
        if (root / "current.json").exists()
        else None
    )
    matrix = pd.read_parquet(Path(root) / "runs" / run / "features.parquet") if run else pd.DataFrame()
    return (matrix,)


@app.cell
def _(by_family, matrix, model):
    # What moves tonight's chances most, by family of facts: the mean size of its points (log odds).
    card = model.scorecards.get("escalation")
    families = (
        by_family(card.contributions(matrix)).abs().mean().sort_values(ascending=False)
        if card is not None and len(matrix) else None
    )  # fmt: skip
    families
    return (families,)


@app.cell
def _(chance_to_rank_by, listed, matrix, model, np, pd, roll, store):
    # Other capacities: names, and the chance that a listed pupil steps up, were the team to meet more or fewer.
    capacities = pd.DataFrame()
    if model.scorecards and len(matrix):
        chance = chance_to_rank_by(model, matrix)
        rows = []
        for share in (0.01, 0.02, 0.03, 0.05, 0.08):
            on = listed(roll(matrix, share, store.settings.capacity.per_year_group), chance)
            rows.append(
                (share, int(on.sum()), float(np.mean(chance[on])), float(chance[on].sum() / chance.sum()))
            )
        capacities = pd.DataFrame(
            rows, columns=["share of roll", "names", "chance of those named", "of all need"]
        )
    capacities
    return (capacities,)


if __name__ == "__main__":
    app.run()
