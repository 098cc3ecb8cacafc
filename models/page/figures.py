"""The sections that say how well it did: at capacity, in time, truly, usefully, for strangers, steadily."""

from collections.abc import Iterator

import pandas as pd

from models.challengers import HANDRAIL, METHOD_WORDS
from models.judging.censoring import FIGURES
from models.judging.label_bias import AS_IT_IS
from models.judging.lead_time import AT_LEAST, OF_LAST, WHO
from models.page.facts import PageFacts, cell, days, percent
from models.page.values import Picture, Section, Table
from models.scoring import RANKED_BY

AT_CAPACITY = {
    "precision_at_capacity": "right at capacity", "recall_at_capacity": "reached", "recall_first": "reached, first",
    "average_precision": "average precision", "auroc": "AUROC", "calibration": "predicted over observed",
}  # fmt: skip
STRATUM = ("precision_at_capacity", "recall_at_capacity", "auroc", "calibration")


def results(facts: PageFacts) -> Iterator[Section]:
    """The sections, in the order a reader needs them; only those that were judged."""
    for outcome, table in facts.card.evaluations.items():
        yield _methods(facts, outcome, table)
    found = facts.judgement
    if len(found.lead):
        yield _lead(facts)
    if len(found.published):
        yield _published(facts)
    if len(found.usefulness):
        yield _useful(facts)
    parts = (
        (found.unseen, _strangers), (found.strata, _strata), (found.stability, _luck), (found.censoring, _leaving),
    )  # fmt: skip
    for table, section in parts:
        if len(table):
            yield section(table)


def missed(facts: PageFacts) -> Iterator[Section]:
    """The sections on groups: as the gate judged them, then pairs and schools, then other truths."""
    found = facts.judgement
    if len(found.fairness):
        yield Section(
            "Is any group missed?", "Groups",
            ("The list offers help, so the harm is in being missed. Each group is set against the rest: how often "
             "those in need are listed, and how often those not listed are in need. 1 is equal. A group is missed when "
             "both say so. Being listed for nothing costs a talk: that burden, and whether the chances are true for "
             "the group, are set beside.",),
            (*_picture(facts, "fairness", "Each group's figures over the rest's, with 95 % intervals."),
             _groups("By group, as the gate judges", found.fairness)),
        )  # fmt: skip
        yield Section(
            "Pairs of characteristics, and schools", "Pairs",
            ("Shown and not judged: of so many small groups some would fail by chance alone. Look at any whose whole "
             "intervals lie on the wrong side.",),
            (_groups("By pair and by school", found.pairs),), folded=True,
        )  # fmt: skip
    if len(found.bias):
        yield _other_truths(found.bias, found.bias_groups)


def _methods(facts: PageFacts, outcome: str, table: pd.DataFrame) -> Section:
    first, words = table.iloc[0], outcome.replace("_", " ")
    rows = tuple(
        (METHOD_WORDS[row["method"]], *(cell(row, name) for name in AT_CAPACITY))
        for _, row in table.iterrows()
    )
    text = (
        f"It followed {first['base_rate']:.1%} of pupil-dates. A perfect list of this size would be right for "
        f"{percent(first['ceiling'])} of its names: no list can reach more. Right: of the names listed, the share it "
        "followed. Reached: of those it followed, the share listed; first: only pupils with nothing at suspension or "
        "above before. In brackets, 95 % intervals over pupils within schools.",
    )
    blocks: tuple[Table | Picture, ...] = (
        Table(f"Every method on the same later dates: {words}", ("method", *AT_CAPACITY.values()), rows),
        *_picture(
            facts, f"precision_recall_{outcome}", "Precision over recall, with each method's list as a dot."
        ),
        *_picture(
            facts,
            f"reliability_{outcome}",
            "Chances given against what followed: on the line, they are true.",
        ),
        *_picture(
            facts,
            f"curves_{outcome}",
            "The curves that move the chance most, over the spread of the records.",
        ),
    )
    return Section(f"How well it did: {words}", words.capitalize(), text, blocks, folded=outcome != RANKED_BY)


def _lead(facts: PageFacts) -> Section:
    found = facts.judgement
    own = found.lead[(found.lead["method"] == HANDRAIL)]
    rows = tuple(
        (f"{METHOD_WORDS[row['method']]}: {row['who']}", *(
            (cell(row, "reached"), days(row, "median"), days(row, "lower_quarter"), days(row, "upper_quarter"),
             percent(row["at_least_10"]), percent(row["at_least_20"]), percent(row["at_least_30"]))
        ))
        for _, row in found.lead.iterrows()
        if row["who"] in list(WHO)[:2] or row["method"] == HANDRAIL
    )  # fmt: skip
    first = own.iloc[0]
    if pd.isna(first["reached"]):
        return Section("How early?", "How early", ("Too few pupils took a first step up to say.",))
    text = (
        f"Of pupils who took a first step up while lists were rehearsed, {percent(first['reached'])} stood steadily on "
        f"the list before it: on at least {AT_LEAST} of {OF_LAST} weekly lists, no more than a horizon before. Half of "
        f"those had {days(first, 'median')} school days or more. New persistent or severe absence has no day of its "
        "own and is left out here.",
    )
    head = ("method and pupils", "reached", "median days", "lower quarter", "upper quarter", "10 days or more",
            "20 or more", "30 or more")  # fmt: skip
    return Section(
        "How early?", "How early", text,
        (*_picture(facts, "lead_time", "School days of steady listing before first steps up."),
         Table("Days on the list before a first step up; shares are of all such pupils", head, rows)),
    )  # fmt: skip


def _published(facts: PageFacts) -> Section:
    found = facts.judgement
    turned = found.churn.set_index("method")
    rows = tuple(
        (METHOD_WORDS[row["method"]], cell(row, "precision"), cell(row, "recall"), cell(row, "recall_first"),
         cell(turned.loc[row["method"]], "stayed"), cell(turned.loc[row["method"]], "new_per_100"))
        for _, row in found.published.iterrows()
    )  # fmt: skip
    return Section(
        "The lists as people would have seen them", "As published",
        ("The figures above cut each date's list from that date's scores alone. On the real list, whoever was on the "
         "last one stays while near. These are weekly lists made by that rule, beginning with none.",),
        (Table("Published lists", ("method", "right", "reached", "reached, first", "names on both of two lists",
                                   "new names a week for every 100 pupils"), rows),),
    )  # fmt: skip


def _useful(facts: PageFacts) -> Section:
    return Section(
        "Is acting on it better than talking with everyone, or with nobody?", "Useful",
        ("Net benefit counts a talk in time as 1 and a talk for nothing as a part of it, set by the threshold: at a "
         "chance of one in five, four talks for nothing are worth one in time. Higher is better; nobody is nought.",),
        _picture(facts, "usefulness", "Net benefit over the threshold, with the threshold at which lists are cut."),
    )  # fmt: skip


def _strangers(table: pd.DataFrame) -> Section:
    rows = tuple((row["schools"], *(cell(row, name) for name in AT_CAPACITY)) for _, row in table.iterrows())
    return Section(
        "Schools it has never seen", "Strangers",
        ("On the last dates, by a model taught by the other schools alone, beside one that knew them.",),
        (Table("Known and unknown schools, the same rows", ("model", *AT_CAPACITY.values()), rows),),
    )  # fmt: skip


def _strata(table: pd.DataFrame) -> Section:
    rows = tuple(
        (
            row["stratum"],
            *(("too few",) * 4 if pd.isna(row["auroc"]) else (cell(row, name) for name in STRATUM)),
        )
        for _, row in table.iterrows()
    )
    head = ("pupils", *(AT_CAPACITY[name] for name in STRATUM))
    return Section(
        "For whom, and when", "For whom",
        ("The list is the whole school's; each line counts its own pupils on it.",),
        (Table("First-ever and again, joiners, phase, year and term", head, rows),), folded=True,
    )  # fmt: skip


def _luck(table: pd.DataFrame) -> Section:
    rows = tuple(
        (str(row["again"]), cell(row, "names_kept"), cell(row, "reasons_kept")) for _, row in table.iterrows()
    )
    return Section(
        "How much is luck?", "Luck",
        ("The same model fitted again, with another seed or on pupils drawn again. What it would not name again is "
         "near the cut, not wrong.",),
        (Table("Fitted again", ("what differed", "names it lists again", "with the same strongest reason"), rows),),
    )  # fmt: skip


def _leaving(table: pd.DataFrame) -> Section:
    rows = tuple(
        (FIGURES[row["figure"]], cell(row, "plain"), cell(row, "weighted")) for _, row in table.iterrows()
    )
    return Section(
        "Pupils who left in the meantime", "Leavers",
        ("Pupils who left for an ordinary reason have no outcome and are left out. Weighted, each pupil-date counts "
         "for the likes of it that left. Where the two columns agree, leaving does not tilt the figures.",),
        (Table("Without and with weights", ("figure", "as it is", "weighted"), rows),),
    )  # fmt: skip


def _other_truths(bias: pd.DataFrame, groups: pd.DataFrame) -> Section:
    rows = tuple(
        (row["truth"], f"{row['base_rate']:.1%}", cell(row, "precision_at_capacity"), cell(row, "recall_at_capacity"),
         cell(row, "auroc"))
        for _, row in bias.iterrows()
    )  # fmt: skip
    blocks = [
        Table(
            "The same lists, other truths",
            ("truth", "it followed", "right at capacity", "reached", "AUROC"),
            rows,
        )
    ]
    if len(groups):
        blocks.append(_by_truth(groups, list(bias["truth"])))
    return Section(
        "What if the records themselves are unequal?", "Other truths",
        ("A suspension is a decision by adults. The same lists are judged by two other truths: without suspensions for "
         "persistent disruptive behaviour alone, the reason with most discretion (an exit or a step that such a "
         "suspension led to still counts); and new persistent or severe absence, which nobody decides. A group that "
         f"is reached as often '{AS_IT_IS}' but not by the others is one whose record is unequal.",),
        tuple(blocks),
        folded=True,
    )  # fmt: skip


def _by_truth(groups: pd.DataFrame, truths: list[str]) -> Table:
    """Each group's recall over the rest's under each truth; only groups big enough under one of them."""
    held: dict[str, dict[str, float]] = {}
    for _, row in groups[groups["pupils_positive"].notna()].iterrows():
        held.setdefault(f"{row['characteristic']} {row['group']}", {})[row["truth"]] = row["recall_ratio"]
    rows = tuple(
        (name, *(f"{ratios[truth]:.2f}" if pd.notna(ratios.get(truth)) else "–" for truth in truths))
        for name, ratios in held.items()
    )
    return Table("Listed when in need, over the rest, by truth (1 is equal)", ("group", *truths), rows)


def _groups(caption: str, table: pd.DataFrame) -> Table:
    head = (
        "group",
        "listed, in need",
        "in need, not listed",
        "listed for nothing",
        "chances true",
        "verdict",
    )
    rows = []
    for _, row in table.iterrows():
        small = pd.isna(row["pupils_positive"])
        names = ("recall", "false_omission", "false_listing", "calibration")
        told = ("too few",) * 4 if small else tuple(cell(row, f"{name}_ratio") for name in names)
        rows.append((f"{row['characteristic']} {row['group']}", *told, row["verdict"]))
    return Table(f"{caption}: each figure over the rest's", head, tuple(rows))


def _picture(facts: PageFacts, name: str, words: str) -> tuple[Picture, ...]:
    return (Picture(facts.pictures[name], words),) if name in facts.pictures else ()
