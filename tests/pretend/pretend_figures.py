"""The simulated side of every calibration figure, measured from the canonical tables alone."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
from pretend_folder import ask, source

ABSENT = ("U", "I", "O", "C", "N", "M", "R", "S", "T", "J1", "C1", "C2", "G", "E")
Figures = dict[str, dict[str, float]]
YEAR = "(year({0}) - (month({0}) < 9)::int)"


def sessions(folder: Path) -> pd.DataFrame:
    """Sessions by phase and code."""
    return ask(f"""select phase, code, count(*) n from {source(folder, "attendance")}
                   join {source(folder, "schools")} using (school_id) where code <> 'D' group by all""")


def pupil_years(folder: Path, headcount: dict[str, float]) -> pd.DataFrame:
    """A row a pupil, school and year: absence, suspensions, characteristics, weight by headcount."""
    absent = ", ".join(f"'{c}'" for c in ABSENT)
    frame = ask(f"""
        with marks as (
            select pupil_id, school_id, {YEAR.format("date")} y, count(*) filter (code in ({absent})) missed,
                   count(*) filter (code <> 'D') possible
            from {source(folder, "attendance")} group by all),
        spells as (select pupil_id, school_id, {YEAR.format("start_date")} y, max(year_group) year_group
                   from {source(folder, "enrolments")} group by all),
        suspended as (select pupil_id, school_id, {YEAR.format("start_date")} y, count(*) times
                      from {source(folder, "suspensions")} where category = 'SUSP' group by all),
        sen as (select pupil_id, max(code) sen from {source(folder, "needs")}
                where kind = 'sen_provision' group by all),
        fsm as (select distinct pupil_id, true fsm from {source(folder, "needs")} where kind = 'fsm')
        select marks.*, year_group, phase, coalesce(times, 0) times, coalesce(sen, 'none') sen,
               if(coalesce(fsm, false), 'eligible', 'not eligible') fsm, sex
        from marks join {source(folder, "schools")} using (school_id)
        join {source(folder, "pupils")} using (pupil_id)
        left join spells using (pupil_id, school_id, y) left join suspended using (pupil_id, school_id, y)
        left join sen using (pupil_id) left join fsm using (pupil_id) where possible > 0""")
    frame["weight"] = frame.phase.map(headcount) / frame.phase.map(frame.phase.value_counts())
    frame["share"] = frame.missed / frame.possible
    frame["any_sen"] = frame.sen.where(frame.sen == "none", "any")
    return frame


def rate(frame: pd.DataFrame, by: str, value: Callable[[pd.DataFrame], pd.Series]) -> dict[str, float]:
    """Weighted mean of a value per group, times 100."""
    rows = pd.DataFrame({"by": frame[by].astype(str), "w": frame.weight, "v": value(frame) * frame.weight})
    total = rows.groupby("by")[["v", "w"]].sum()
    return {str(k): float(v) for k, v in (100 * total.v / total.w).items()}


def shares(values: pd.Series) -> dict[str, float]:
    """Share of each value, %."""
    return {str(k): float(v) for k, v in (100 * values.value_counts(normalize=True)).items()}


def persistent(frame: pd.DataFrame) -> pd.Series:
    """Whether absent for a tenth or more."""
    return (frame.share >= 0.1).astype(float)


def severe(frame: pd.DataFrame) -> pd.Series:
    """Whether absent for a half or more."""
    return (frame.share >= 0.5).astype(float)


def measure(folder: Path, headcount: dict[str, float]) -> dict[str, Figures]:
    """Every figure by family, group and level."""
    return {**absence_figures(folder, headcount), **suspension_figures(folder, headcount)}


def absence_figures(folder: Path, headcount: dict[str, float]) -> dict[str, Figures]:
    """Codes, absence, persistent and severe absence, bands, composition."""
    marks, pupils = sessions(folder), pupil_years(folder, headcount)
    possible = marks.groupby("phase").n.sum()
    codes = {p: dict(zip(g.code, 100 * g.n / possible[p], strict=True)) for p, g in marks.groupby("phase")}
    band = (pupils["share"] * 20).astype(int).clip(upper=10)
    all_pupils = pupils.assign(all="all")
    return {
        "codes": codes,
        "absence": {"all": {p: sum(c.get(code, 0.0) for code in ABSENT) for p, c in codes.items()}},
        "persistent_by_phase": {"all": rate(pupils, "phase", persistent)},
        "severe_by_phase": {"all": rate(pupils, "phase", severe)},
        "persistent_by_year": {"all": rate(pupils, "year_group", persistent)},
        "severe_by_year": {"all": rate(pupils, "year_group", severe)},
        "persistent_by_group": {
            "fsm": rate(pupils, "fsm", persistent),
            "sen": rate(pupils, "any_sen", persistent),
        },
        "severe_by_group": {"fsm": rate(pupils, "fsm", severe), "sen": rate(pupils, "any_sen", severe)},
        "bands": {p: shares(band[pupils.phase == p]) for p in ("primary", "secondary")},
        "composition": {
            "all": {
                "fsm": rate(all_pupils, "all", lambda f: (f.fsm == "eligible").astype(float))["all"],
                "K": rate(all_pupils, "all", lambda f: (f.sen == "K").astype(float))["all"],
                "E": rate(all_pupils, "all", lambda f: (f.sen == "E").astype(float))["all"],
            }
        },
    }


def suspension_figures(folder: Path, headcount: dict[str, float]) -> dict[str, Figures]:
    """Suspensions per 100, share suspended, repeats, durations, reasons, terms."""
    pupils = pupil_years(folder, headcount)
    per_year = rate(pupils, "year_group", lambda f: f.times)
    one_or_more = rate(pupils, "year_group", lambda f: (f.times > 0).astype(float))
    rows = ask(f"""select s.*, phase from {source(folder, "suspensions")} s
                   join {source(folder, "schools")} using (school_id) where category = 'SUSP'""")
    suspended = pupils[(pupils.times > 0) & (pupils.phase == "secondary")].times
    names = {**{n: str(n) for n in range(1, 6)}, **dict.fromkeys(range(6, 10), "6-9")}
    days = (rows.sessions / 2).map(lambda d: "up to 1" if d <= 1 else "over 5" if d > 5 else f"{d:.0f}")
    month = pd.to_datetime(rows.start_date).dt.month
    term = month.map(lambda m: "autumn" if m >= 9 else "spring" if m <= 3 else "summer")
    return {
        "suspensions_by_phase": {"all": rate(pupils, "phase", lambda f: f.times)},
        **{f"suspensions_by_{years}": {"all": per_year} for years in ("year", "primary_year")},
        **{f"suspended_by_{years}": {"all": one_or_more} for years in ("year", "primary_year")},
        "suspensions_by_group": {k: rate(pupils, k, lambda f: f.times) for k in ("fsm", "sen", "sex")},
        "repeats": {"secondary": shares(suspended.map(lambda n: names.get(n, "10+")))},
        "durations": {"all": shares(days)},
        "reasons": {"secondary": shares(rows[rows.phase == "secondary"].reasons.str.split(";").explode())},
        "terms": {"all": shares(term)},
    }
