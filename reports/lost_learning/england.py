"""Official figures to set beside: pupil attendance in schools, England and the school's authority, by phase."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from configs.refusals import BadData
from configs.settings import HERE, read_yaml

PHASES = {"primary": "Primary", "secondary": "Secondary", "special": "Special"}
COUNTED = {
    "absence_authorised": ("authorised_absence", "reason_e_authorised_excluded",
                           "reason_c2_authorised_temp_reduced_timetable"),
    "absence_unauthorised": ("unauthorised_absence",),
    "part_time_timetable": ("reason_c2_authorised_temp_reduced_timetable",),
    "suspension": ("reason_e_authorised_excluded",),
}  # fmt: skip
POSSIBLE = "possible_sessions"
SOURCE = "Pupil attendance in schools, Department for Education, Open Government Licence v3.0"


@dataclass(frozen=True)
class Official:
    """One official row: sessions lost in each column that marks alone decide, out of sessions possible, 0–1."""

    where: str
    level: str
    phase: str
    period: str
    rates: Mapping[str, float]


def official_figures(path: Path | None, la_code: str, phase: str) -> tuple[Official, ...]:
    """England and the authority for a school's phase (all phases where it has none of these).

    From the DfE's file, or without one from the figures Handrail holds (configs/attendance_england.yaml). Authorised
    absence leaves out codes E and C2, which have columns of their own here.
    """
    asked = PHASES.get(phase.strip().lower(), "Total")
    if path is None:
        return tuple(_held(asked, la_code))
    wanted = {"National": "", "Local authority": la_code}
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            return tuple(
                _official(row)
                for row in csv.DictReader(handle)
                if row["education_phase"] == asked
                and row["geographic_level"] in wanted
                and row["old_la_code"] == wanted[row["geographic_level"]]
            )
    except (KeyError, ValueError) as error:
        raise BadData(
            f"{path.name} is not the DfE's pupil attendance file (at {error}). Expected EES_ytd_data.csv."
        ) from error


@cache
def _figures() -> dict[str, Any]:
    return read_yaml(HERE / "attendance_england.yaml")


def _held(phase: str, la_code: str) -> Iterator[Official]:
    """The figures held for England and, where there are any, for the authority."""
    figures = _figures()
    for code, level in (("England", "England"), (la_code, "authority")):
        place = figures["places"].get(code, {})
        if phase in place:
            rates = dict(zip(figures["columns"], place[phase], strict=True))
            yield Official(place["name"], level, phase, figures["period"], rates)


def _official(row: Mapping[str, str]) -> Official:
    possible = float(row[POSSIBLE])
    rates = {
        column: (float(row[first]) - sum(float(row[other]) for other in others)) / possible
        for column, (first, *others) in COUNTED.items()
    }
    national = row["geographic_level"] == "National"
    period = f"20{row['time_period'][2:4]}/{row['time_period'][4:]}"
    return Official(row["country_name" if national else "la_name"], "England" if national else "authority",
                    row["education_phase"], period, rates)  # fmt: skip
