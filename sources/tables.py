"""The canonical tables: what each holds, what makes a row one fact, and when it happened."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "date", "whole", "number"]


@dataclass(frozen=True)
class Column:
    """One column of a canonical table. `choices` are the only values allowed; `low` and `high` bound numbers."""

    name: str
    kind: Kind = "text"
    required: bool = True
    blank: bool = False
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Table:
    """One canonical table. `key` makes a row one fact; `happened` is the column that dates it, where there is one."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    happened: str | None = None
    required: bool = False
    made: bool = False  # by Handrail itself, while it reads exports: nobody exports it

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)

    def has(self, name: str) -> bool:
        """Whether it has a column of that name."""
        return any(column.name == name for column in self.columns)


def text(name: str, *, choices: tuple[str, ...] = ()) -> Column:
    """A text that must be there."""
    return Column(name, choices=choices)


def day(name: str) -> Column:
    """An ISO date that must be there."""
    return Column(name, "date")


def end(name: str) -> Column:
    """An ISO date that stays blank until it is known."""
    return Column(name, "date", blank=True)


def may(name: str, kind: Kind = "text", *, low: float | None = None, high: float | None = None) -> Column:
    """A column that an export may leave out, or leave blank."""
    return Column(name, kind, required=False, blank=True, low=low, high=high)


MOVE_KINDS = (
    "off_site_direction", "offsite_direction", "alternative_provision", "managed_move", "part_time_timetable",
    "elective_home_education", "off_roll", "safeguarding_separation",
)  # fmt: skip
PUPIL, SCHOOL = text("pupil_id"), text("school_id")

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table("schools", (SCHOOL, text("name"), text("phase"), text("la_code"), Column("trust", blank=True),
                          may("area_code")), ("school_id",), required=True),
        Table("calendar", (SCHOOL, day("date")), ("school_id", "date"), "date", required=True),
        Table("pupils", (PUPIL, end("date_of_birth"), Column("sex", blank=True), Column("ethnicity", blank=True),
                         may("first_language"), may("area_code")), ("pupil_id",), required=True),
        Table("enrolments", (PUPIL, SCHOOL, day("start_date"), end("end_date"), Column("year_group", blank=True),
                             may("status"), may("leaving_reason"), may("destination")),
              ("pupil_id", "school_id", "start_date"), "start_date", required=True),
        Table("attendance", (PUPIL, SCHOOL, day("date"), text("session", choices=("AM", "PM")), text("code"),
                             may("minutes_late", "number", low=0, high=600)),
              ("pupil_id", "school_id", "date", "session"), "date", required=True),
        Table("lessons", (PUPIL, SCHOOL, day("date"), text("period"),
                          text("mark", choices=("present", "late", "absent"))),
              ("pupil_id", "school_id", "date", "period"), "date"),
        Table("incidents", (text("incident_id"), PUPIL, SCHOOL, day("date"), text("category"),
                            Column("severity", "whole", low=1, high=3), may("time"), may("location"), may("action")),
              ("incident_id", "pupil_id"), "date"),
        Table("achievements", (PUPIL, SCHOOL, day("date"), text("category"), may("points", "number")), (), "date"),
        Table("removals", (PUPIL, SCHOOL, day("date"), Column("sessions", "number", low=0, high=20), may("reason"),
                           may("incident_id")), (), "date"),
        Table("suspensions", (PUPIL, SCHOOL, day("start_date"),
                              text("category", choices=("SUSP", "FIXD", "PERM", "LNCH")),
                              Column("sessions", "number", blank=True, low=0, high=90),
                              Column("reasons", blank=True), may("incident_id")),
              ("pupil_id", "school_id", "start_date", "category"), "start_date"),
        Table("moves", (PUPIL, SCHOOL, text("kind", choices=MOVE_KINDS), day("start_date"), end("end_date"),
                        Column("initiated_by", blank=True), may("destination"), may("decided_by"),
                        may("review_date", "date"), may("reason"), may("provider"), may("provider_registered")),
              ("pupil_id", "school_id", "kind", "start_date"), "start_date"),
        Table("needs", (PUPIL, text("kind"), Column("code", blank=True), day("start_date"), end("end_date")),
              ("pupil_id", "kind", "code", "start_date"), "start_date"),
        Table("referrals", (PUPIL, text("service"), day("referred_on"), end("started_on"), end("ended_on")),
              ("pupil_id", "service", "referred_on"), "referred_on"),
        Table("support", (PUPIL, SCHOOL, text("kind"), day("start_date"), end("end_date"),
                          may("sessions_planned", "whole", low=0), may("sessions_held", "whole", low=0)),
              ("pupil_id", "school_id", "kind", "start_date"), "start_date"),
        Table("meetings", (PUPIL, SCHOOL, day("date"), text("kind")), (), "date"),
        Table("surveys", (PUPIL, day("date"), text("scale"), Column("score", "number", low=0, high=1)),
              ("pupil_id", "date", "scale"), "date"),
        Table("communities", (text("area_code"), text("characteristic"), text("group"),
                              Column("share", "number", low=0, high=1)), ("area_code", "characteristic", "group")),
        Table("training", (SCHOOL, day("date"), text("topic"),
                           Column("staff_trained", "whole", blank=True, low=0)), (), "date"),
        Table("aliases", (PUPIL, text("kind"), text("alias")), ("pupil_id", "kind", "alias"), made=True),
    )
}  # fmt: skip
