"""The truth written aside is the truth: chances match what then happened, and what was planted is there."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from pretend_folder import ask, source, table

HORIZON = 60
LED_MOVES = "('off_site_direction', 'alternative_provision', 'managed_move')"


@pytest.fixture(scope="session")
def chances(trust: Path) -> pd.DataFrame:
    """True chances of suspension beside what happened in the next 60 open days."""
    return ask(f"""
        with days as (select school_id, date, row_number() over (partition by school_id order by date) n
                      from {source(trust, "calendar")}),
        events as (select pupil_id, school_id, start_date date from {source(trust, "suspensions")} union all
                   select pupil_id, school_id, start_date from {source(trust, "moves")}
                   where kind in {LED_MOVES}),
        numbered as (select pupil_id, n from events join days using (school_id, date))
        select c.*, phase, n.n, exists (select 1 from numbered e where e.pupil_id = c.pupil_id
               and e.n > n.n and e.n <= n.n + {HORIZON}) happened
        from '{trust}/truth/chances.parquet' c join {source(trust, "schools")} using (school_id)
        join days n on n.school_id = c.school_id and n.date = c.as_of""")


def test_mean_chance_is_the_realised_rate(chances: pd.DataFrame) -> None:
    assert len(chances) > 50_000
    assert chances.suspension.mean() == pytest.approx(chances.happened.mean(), rel=0.10)


def test_chances_are_calibrated_along_their_range(chances: pd.DataFrame) -> None:
    part = pd.cut(chances.suspension, [0, 0.02, 0.06, 0.15, 0.35, 1.0])
    by = chances.groupby(part, observed=True)[["suspension", "happened"]].mean()
    assert np.allclose(by.happened / by.suspension, 1.0, atol=0.2), by


def test_chances_order_pupils_as_far_as_they_can(chances: pd.DataFrame) -> None:
    secondary = chances[chances.phase == "secondary"]
    ranks = secondary.suspension.rank()
    events = int(secondary.happened.sum())
    auroc = (ranks[secondary.happened].sum() - events * (events + 1) / 2) / (
        events * (len(secondary) - events)
    )
    assert 0.82 <= auroc <= 0.89


def test_escalation_is_never_less_likely_than_what_lies_within_it(chances: pd.DataFrame) -> None:
    known = chances.dropna(subset=["escalation"])
    assert known.as_of.nunique() >= 3
    assert (known.escalation >= known[["severe_absence", "exit"]].max(axis=1)).all()
    assert known.escalation.mean() > known.suspension.mean()


def test_exit_chance_is_near_the_realised_rate(trust: Path, chances: pd.DataFrame) -> None:
    known = chances.dropna(subset=["exit"])
    gone = ask(f"""select pupil_id, end_date from {source(trust, "enrolments")} where end_date is not null
        and coalesce(leaving_reason, '') in
            ('', 'elective home education', 'managed move', 'permanent exclusion')""")
    last = table(trust, "enrolments").sort_values("start_date").drop_duplicates("pupil_id", keep="last")
    gone = gone.merge(last[["pupil_id", "end_date"]], on=["pupil_id", "end_date"])
    ends = pd.to_datetime(gone.set_index("pupil_id").end_date)
    as_of = pd.to_datetime(known.as_of)
    days = (known.pupil_id.map(ends) - as_of).dt.days
    realised = ((days > 0) & (days < 100)).mean()
    assert known.exit.mean() == pytest.approx(realised, rel=0.45)


def test_planted_things_are_there(trust: Path) -> None:
    planted = yaml.safe_load((trust / "truth" / "planted.yaml").read_text(encoding="utf-8"))
    gap = planted["feed_gap"]
    week = ask(f"""select count(*) n from {source(trust, "attendance")} where school_id = '{gap["school_id"]}'
        and date between date '{gap["monday"]}' and date '{gap["monday"]}' + 4""").n[0]
    opened = ask(f"""select count(*) n from {source(trust, "calendar")} where school_id = '{gap["school_id"]}'
        and date between date '{gap["monday"]}' and date '{gap["monday"]}' + 4""").n[0]
    assert (week, opened) == (0, 5)


def test_one_school_has_far_more_unexplained_exits(trust: Path) -> None:
    planted = yaml.safe_load((trust / "truth" / "planted.yaml").read_text(encoding="utf-8"))
    spells = table(trust, "enrolments")
    last = spells.sort_values("start_date").drop_duplicates("pupil_id", keep="last")
    silent = last[last.end_date.notna() & (last.leaving_reason.fillna("") == "")]
    counts = silent.school_id.value_counts()
    assert counts.idxmax() == planted["unexplained_exits"]["school_id"]
    assert counts.iloc[0] >= 3 * counts.iloc[1]
    school = planted["unexplained_exits"]["school_id"]
    rates = (
        ask(f"""select pupil_id, count(i.incident_id) / any_value(n) rate
        from (select pupil_id, count(*) n from {source(trust, "attendance")}
            where school_id = '{school}' group by 1)
        left join {source(trust, "incidents")} i using (pupil_id) group by 1""")
        .set_index("pupil_id")
        .rate
    )
    gone = rates[rates.index.isin(silent.pupil_id)]
    assert gone.mean() > 1.5 * rates.mean()


def test_one_school_does_not_mirror_its_community(trust: Path) -> None:
    planted = yaml.safe_load((trust / "truth" / "planted.yaml").read_text(encoding="utf-8"))
    intake = ask(f"""select s.school_id, avg((n.pupil_id is not null)::int) fsm, any_value(c.share) share
        from (select distinct pupil_id, school_id from {source(trust, "enrolments")}) e
        join {source(trust, "schools")} s using (school_id)
        left join (select distinct pupil_id from {source(trust, "needs")} where kind = 'fsm') n
        using (pupil_id)
        join {source(trust, "communities")} c on c.area_code = s.area_code and c.characteristic = 'fsm'
        and c."group" = 'eligible' group by 1""")
    gap = (intake.share - intake.fsm).set_axis(intake.school_id)
    assert gap.idxmax() == planted["unlike_community"]["school_id"]
    assert gap.max() > 0.06


def test_support_goes_to_those_who_struggle_most_and_a_naive_comparison_errs(trust: Path) -> None:
    effects = pd.read_csv(trust / "truth" / "support_effects.csv").set_index("kind").effect_on_strain
    assert effects.min() < 0
    assert (effects == 0).any()
    rate = ask(f"""select avg(k) filter (helped) helped, avg(k) filter (not helped) others from (
        select p.pupil_id, p.pupil_id in (select pupil_id from {source(trust, "support")}
            where kind = 'mentoring') helped,
            (select count(*) from {source(trust, "suspensions")} s where s.pupil_id = p.pupil_id) k
        from {source(trust, "pupils")} p)""")
    assert rate.helped[0] > 1.5 * rate.others[0]
