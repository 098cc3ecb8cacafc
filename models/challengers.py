"""The methods Handrail is always shown beside: simple rules first, then other models on the same features.

Each is fitted and asked in the same way, so that no figure can come from another way of testing. Rows are put
in one order before a fit and columns are named in every call, so the order they arrive in changes nothing.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Protocol

import numpy as np
import pandas as pd

KEYS = ("pupil_id", "school_id", "as_of", "year_group")
SEED = 20250901
THREADS = 2

SUSPENSIONS_LAST_YEAR = "suspensions_190"
ATTENDANCE_FLAGS = {"absent_rate_190": 0.10, "absent_rate_60": 0.10}  # attendance below 90 %
BEHAVIOUR_FLAGS = {"removals_190": 2, "incidents_190": 3}
TEN_FEATURES = (
    "absent_rate_190", "absent_rate_20", "unauthorised_rate_60", "late_rate_60", "incidents_60",
    "severe_incidents_190", "removals_190", "suspensions_190", "days_since_suspensions", "recognitions_60",
)  # fmt: skip
ENVIRONMENT_FAMILIES = ("environment", "year")
EBM_ROWS = 20_000
EBM_BAGS = 4


class Challenger(Protocol):
    """One method: fitted to pupil-dates with a known outcome (1 or 0), then asked for a chance or a
    ranking."""

    NAME: str
    WORDS: str
    GIVES_CHANCES: bool

    def fit(self, matrix: pd.DataFrame, y: np.ndarray) -> None:
        """Learn from the matrix (keys, then features) and its aligned outcomes; rules learn nothing."""

    def predict(self, matrix: pd.DataFrame) -> np.ndarray:
        """A chance (0–1) or a ranking score for each row; higher is nearer to a step up."""


class Suspensions:
    """Rank by suspensions in the last school year: what a school can do with a sorted list."""

    NAME = "suspensions"
    WORDS = "suspensions, last year"
    GIVES_CHANCES = False

    def fit(self, matrix: pd.DataFrame, y: np.ndarray) -> None:
        """Nothing to learn."""

    def predict(self, matrix: pd.DataFrame) -> np.ndarray:
        """Suspensions over the last 190 open days."""
        return matrix[SUSPENSIONS_LAST_YEAR].fillna(0.0).to_numpy(dtype=float)


class AbcRule:
    """The ABC rule as schools use it, without course grades, which are not in the records: flags met, 0 to 4.

    Attendance below 90 % over 190 open days; the same over 60; a suspension in 190; two internal exclusions
    or three recorded incidents in 190.
    """

    NAME = "abc"
    WORDS = "ABC rule"
    GIVES_CHANCES = False

    def fit(self, matrix: pd.DataFrame, y: np.ndarray) -> None:
        """Nothing to learn."""

    def predict(self, matrix: pd.DataFrame) -> np.ndarray:
        """How many of the four flags are up; an unknown fact raises none."""
        attendance = [matrix[name] > most for name, most in ATTENDANCE_FLAGS.items()]
        behaviour = np.logical_or.reduce([matrix[name] >= least for name, least in BEHAVIOUR_FLAGS.items()])
        flags = [*attendance, matrix[SUSPENSIONS_LAST_YEAR] >= 1, behaviour]
        return np.asarray(np.sum(flags, axis=0), dtype=float)


class Fitted:
    """What the fitted challengers share: one order of rows and columns, and the plain rate when all agree."""

    GIVES_CHANCES = True

    def __init__(self) -> None:
        self._columns: list[str] = []
        self._rate = np.nan
        self._model: Any = None

    def columns(self, matrix: pd.DataFrame, /) -> list[str]:
        """The features this method looks at: all of them, in alphabetical order."""
        return sorted(name for name in matrix.columns if name not in KEYS)

    def fit(self, matrix: pd.DataFrame, y: np.ndarray) -> None:
        """Fit in the order of the keys; where every outcome is the same, its rate is all there is to
        learn."""
        rows = matrix.assign(_y=y).sort_values(["as_of", "school_id", "pupil_id"], kind="stable")
        self._columns, self._rate = self.columns(matrix), float(np.mean(y))
        if 0 < self._rate < 1:
            with _one_thread_of_blas():
                self._model = self._fitted(rows[self._columns], rows["_y"].to_numpy(dtype=int))

    def predict(self, matrix: pd.DataFrame) -> np.ndarray:
        """The chance of the outcome for each row."""
        if self._model is None:
            return np.full(len(matrix), self._rate)
        with _one_thread_of_blas():
            return np.asarray(self._chances(matrix[self._columns]), dtype=float)

    def _fitted(self, features: pd.DataFrame, y: np.ndarray) -> Any:
        raise NotImplementedError

    def _chances(self, features: pd.DataFrame) -> np.ndarray:
        return np.asarray(self._model.predict_proba(features)[:, 1])


class Logistic(Fitted):
    """L2 logistic regression on ten features: the strongest thing a spreadsheet could hold."""

    NAME = "logistic"
    WORDS = "logistic, ten features"

    def columns(self, _: pd.DataFrame) -> list[str]:
        """The ten."""
        return list(TEN_FEATURES)

    def _fitted(self, features: pd.DataFrame, y: np.ndarray) -> Any:
        from sklearn.impute import SimpleImputer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        impute = SimpleImputer(strategy="median", keep_empty_features=True)
        return make_pipeline(impute, StandardScaler(), LogisticRegression(max_iter=1000)).fit(features, y)


class Unconstrained(Fitted):
    """LightGBM free to do as it likes with every feature: what readability and monotone curves cost."""

    NAME = "unconstrained"
    WORDS = "LightGBM, unconstrained"
    ROUNDS = 200
    SETTINGS: ClassVar[dict[str, Any]] = {
        "objective": "binary", "learning_rate": 0.04, "num_leaves": 31, "min_data_in_leaf": 40,
        "feature_fraction": 0.7, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5.0, "seed": SEED,
        "deterministic": True, "force_row_wise": True, "num_threads": THREADS, "verbosity": -1,
    }  # fmt: skip

    def _fitted(self, features: pd.DataFrame, y: np.ndarray) -> Any:
        import lightgbm

        return lightgbm.train(self.SETTINGS, lightgbm.Dataset(features, y), num_boost_round=self.ROUNDS)

    def _chances(self, features: pd.DataFrame) -> np.ndarray:
        return np.asarray(self._model.predict(features, validate_features=True))


class Environment(Unconstrained):
    """Only the school's and year group's own trailing rates, the year group and the season: no pupil at all.

    If this did as well, singling out pupils would add nothing to helping a whole year group.
    """

    NAME = "environment"
    WORDS = "environment only"
    ROUNDS = 60
    SETTINGS: ClassVar[dict[str, Any]] = {
        **Unconstrained.SETTINGS, "num_leaves": 8, "min_data_in_leaf": 200, "feature_fraction": 1.0,
    }  # fmt: skip

    def columns(self, _: pd.DataFrame) -> list[str]:
        """The features of the catalogue's environment and year families."""
        from features.catalogue import CATALOGUE

        return sorted(feature.name for feature in CATALOGUE if feature.family in ENVIRONMENT_FAMILIES)


class Ebm(Fitted):
    """An explainable boosting machine (interpret), without pairs, on at most 20,000 rows drawn by a fixed
    seed."""

    NAME = "ebm"
    WORDS = "EBM (interpret)"

    def _fitted(self, features: pd.DataFrame, y: np.ndarray) -> Any:
        from interpret.glassbox import ExplainableBoostingClassifier

        chosen = np.arange(len(y))
        if len(y) > EBM_ROWS:
            chosen = np.sort(np.random.default_rng(SEED).choice(len(y), EBM_ROWS, replace=False))
        machine = ExplainableBoostingClassifier(
            feature_types=["continuous"] * features.shape[1], interactions=0, outer_bags=EBM_BAGS,
            max_bins=256, n_jobs=1, random_state=SEED,
        )  # fmt: skip
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that empty values are not drawn: nothing is drawn here
            return machine.fit(features.iloc[chosen], y[chosen])


CHALLENGERS: tuple[type[Challenger], ...] = (Suspensions, AbcRule, Environment, Logistic, Unconstrained, Ebm)
SIMPLE_BASELINES = (Suspensions.NAME, AbcRule.NAME, Environment.NAME)
HANDRAIL = "handrail"
METHODS = (HANDRAIL, *(challenger.NAME for challenger in CHALLENGERS))
METHOD_WORDS = {HANDRAIL: "Handrail", **{challenger.NAME: challenger.WORDS for challenger in CHALLENGERS}}
RANKS_ONLY = frozenset(challenger.NAME for challenger in CHALLENGERS if not challenger.GIVES_CHANCES)


@contextmanager
def _one_thread_of_blas() -> Iterator[None]:
    """Linear algebra on one thread: its sums, and so their last digits, then fall in one order everywhere."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(limits=1, user_api="blas"):
        yield
