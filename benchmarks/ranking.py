"""How well the readable model ranks beside an unconstrained one and EBM, on a simulated trust and on real people."""

import dataclasses
import zipfile
from datetime import date
from pathlib import Path

from configs.settings import Settings, load_settings
from models.challengers import Ebm, Unconstrained
from models.evaluation import estimate
from models.matrices import Rows, training_rows
from models.rehearsal import folds, rehearse
from sources.ingest import ingest
from sources.pretend import simulate
from sources.store import Store

LAST = date(2026, 7, 21)
REAL = (
    Path(__file__).parents[2] / "shared" / "data" / "oulad-2013.zip"
)  # read where it lies beside the checkout
BESIDE = (Unconstrained, Ebm)


def measure(work: Path) -> dict[str, float]:
    """`model.ap_over_unconstrained` and `model.ap_over_ebm` on escalation, each with its 95 % interval over pupils, and
    the same with `oulad.` on the Open University's students (exit), where their records are at hand."""
    simulate(work / "ranked", schools=5, pupils=900, years=3, seed=5, end=LAST, phases=("secondary",) * 5)
    settings = load_settings()
    store = Store(work / "ranked-store")
    ingest(work / "ranked", store, LAST, settings)
    found = ratios("model", training_rows(store.tables(), settings, LAST), "escalation", settings)
    return found | (real(work) if REAL.exists() else {})


def real(work: Path) -> dict[str, float]:
    """The ratios on 2,020 students of two modules of the Open University (Kuzilek et al., 2017)."""
    settings = load_settings(Path("configs/oulad.yaml"))
    with zipfile.ZipFile(REAL) as packed:
        packed.extractall(work)
    store = Store(work / "oulad-store")
    ingest(work / "oulad-2013", store, LAST, dataclasses.replace(settings, quarantine_share=1.0))
    by = store.days_held()[1]
    return ratios("oulad", training_rows(store.tables(), settings, by), "exit", settings)


def ratios(name: str, rows: Rows, outcome: str, settings: Settings) -> dict[str, float]:
    """Average precision on later dates over each other model's, with the ends of its interval; and what pairs gain."""
    training = settings.training
    blocks = folds(rows.dates, training.folds)
    rehearsal = rehearse(rows.matrix, rows.labels, outcome, blocks, BESIDE, training)
    if rehearsal is None:
        raise SystemExit(f"{name}: too few outcomes to rehearse.")
    capacity = settings.capacity
    told = estimate(rehearsal.held_out, capacity.share_of_roll, capacity.per_year_group, training.seed)
    found = {f"{name}.pairs_gain": rehearsal.pairs.figure}
    for other in BESIDE:
        over = told.over("average_precision", "handrail", other.NAME)
        ends = {"": over.figure, "_low": over.low, "_high": over.high}
        found |= {f"{name}.ap_over_{other.NAME}{end}": figure for end, figure in ends.items()}
    return found
