"""The forms that a public body fills in, filled from the run: TRIPOD+AI, the transparency record, the DPIA's inputs.

What only the school or trust can say is left for it, and says so. TRIPOD+AI: Collins and others, BMJ 2024;385:e078378.
The record follows the Algorithmic Transparency Recording Standard of the Cabinet Office, tiers 1 and 2.
"""

from models.page.facts import PageFacts, cell, percent
from models.page.values import Section, Table

YOURS = "For the school or trust to fill in."
FORM = ("item", "answer")


def tripod(facts: PageFacts) -> Section:
    """The 27 items of TRIPOD+AI with their answers."""
    card, own = facts.card, facts.own
    share, per_year = facts.capacity
    outcomes = ", ".join(name.replace("_", " ") for name in card.evaluations) or "none: too few outcomes"
    figures = "No model could be tested." if own is None else (
        f"AUROC {cell(own, 'auroc')}, average precision {cell(own, 'average_precision')}, right at capacity "
        f"{cell(own, 'precision_at_capacity')}, predicted over observed {cell(own, 'calibration')}; all methods above."
    )  # fmt: skip
    rows = (
        ("1 Title", f"Prediction of steps up the exclusions continuum within {card.horizon} open days in "
                    f"{card.schools} schools: development and later-date evaluation of an additive model."),
        ("2 Abstract", "The first section of this page."),
        ("3 Background", "Suspensions and absence cost learning, and most help comes after them. Schools already sort by "
                         "past suspensions; this is set beside that. Known inequalities: by SEN, FSM, ethnicity and sex."),
        ("4 Objectives", "To develop a model, to evaluate it on later dates and unseen schools, and to decide by a gate "
                         "whether it may publish names."),
        ("5 Data", f"Routine school records, as-of dates {card.trained_from} to {card.trained_to}; later dates are for "
                   "testing. Representative of these schools and of no others."),
        ("6 Participants", "Every pupil on roll at each date, at schools with records enough; none chosen. Support already "
                           "in place is recorded and is a feature."),
        ("7 Data preparation", "Checked row by row; bad rows set aside with their reason. Each row counts from the day it "
                               "was known."),
        ("8 Outcome", f"{outcomes}: from dated records by fixed rules, the same for every group; read only after the "
                      "window had closed. No one assessed it by hand."),
        ("9 Predictors", f"{facts.features} features from the catalogue (docs/features.md), each with its window and its "
                         "direction, all known at the date. Sex, ethnicity, language, FSM and postcode are not among them."),
        ("10 Sample size", f"All there was: about {round(card.pupil_dates, -1):,} pupil-dates of about "
                           f"{round(card.pupils, -1):,} pupils; at least {facts.gate['least_outcomes']} pupils with the "
                           "outcome are asked for."),
        ("11 Missing data", "A missing value is a value of its own with its own points; nothing is filled in. Windows with "
                            "over a fifth of marks missing have no absence outcome."),
        ("12 Analytical methods", f"LightGBM with one feature a tree and monotone directions, compiled to a table. Rolling "
                                  f"origin in {facts.folds} folds, the gap a whole horizon; the number of trees by log "
                                  "loss on the test dates; Platt's line on earlier folds. 95 % intervals from draws of "
                                  "pupils within schools."),
        ("13 Class imbalance", "None corrected: chances are calibrated, and lists are cut by capacity."),
        ("14 Fairness", "No group's membership is a feature. Recall, false omission, false listing and calibration by "
                        "group, pair and school, and by other truths."),
        ("15 Model output", f"A chance, never shown to anyone; a list of {percent(share)} of each school's roll, at most "
                            f"{per_year} a year group."),
        ("16 Training versus evaluation", "Same schools and rules, later dates; and schools left out."),
        ("17 Ethical approval", YOURS),
        ("18 Open science", "Code, settings, features and this page are open (MIT licence). Funding, interests, protocol "
                            f"and registration: {YOURS} Data are pupils' records and are not shared."),
        ("19 Patient and public involvement", f"Of pupils, families and staff here: {YOURS}"),
        ("20 Participants", f"{facts.rows['closed']:,} pupil-dates with a closed window, {facts.rows['censored']:,} of "
                            "them censored by an ordinary leaving, on "
                            f"{facts.rows['dates']} dates."),
        ("21 Model development", "Outcomes and pupil-dates of each are in the manifest beside this page."),
        ("22 Model specification", "The whole model is scorecard.parquet beside this page: every bin and its points."),
        ("23 Model performance", figures),
        ("24 Model updating", "Replaced only by a named person with a reason, after the two are set side by side; the "
                              "ledger keeps who and when. Drift is read every night."),
        ("25 Interpretation", "What the gate said, above. It says what tends to come before a step, not what causes one."),
        ("26 Limitations", "The last section of this page."),
        ("27 Usability", "Input of poor quality is refused or set aside; no expertise is needed to read the list; people "
                         "decide. Whether a list helps pupils is not known from this page."),
    )  # fmt: skip
    return Section(
        "TRIPOD+AI, item by item", "TRIPOD+AI", (), (Table("The 27 items", FORM, rows),), folded=True
    )


def transparency_record(facts: PageFacts) -> Section:
    """The Algorithmic Transparency Recording Standard record, tiers 1 and 2."""
    card, share = facts.card, facts.capacity[0]
    never = "sanctions, exclusions, moves, setting, admission, references, reports to police or insurers"
    rows = (
        ("1.1 Name", "Handrail"),
        ("1.2 Description", "Puts pupils whose records suggest that a talk may help on a short list for adults in their own "
                            "school, with the recorded facts behind each name and what is going well."),
        ("1.3 Website and contact", YOURS),
        ("2.1 Owner and responsibility", f"Organisation, team and senior responsible owner: {YOURS} Supplier: none; open "
                                         "source, run by the school or trust on its own machine."),
        ("2.2 Rationale", "To offer support before a suspension or lasting absence rather than after it. Before: lists "
                          "sorted by past suspensions or attendance flags, which are the challengers on this page."),
        ("2.2 Scope", f"For talks and offers of support. Never for {never}, or any decision made without a person."),
        ("2.2 Alternatives considered", "Six, each on this page beside it, with its figures."),
        ("2.3 Place in the process", f"A weekly list of {percent(share)} of each roll. Staff choose whom to talk with; "
                                     "nothing happens to a pupil by being listed."),
        ("2.3 Information shown", "Dated facts, strengths, changes and support in place. No chance, score, rank or colour."),
        ("2.3 Human decisions and review", "Every step after the list. Staff give their view in three clicks; it is kept."),
        ("2.3 Training of staff", YOURS),
        ("2.3 Appeals", "A pupil or parent may ask what is held, correct it, or object and be left off; the pages say how."),
        ("2.4 System", f"Model {card.model_id}: additive LightGBM compiled to a table; retrained on request, scored each "
                       "night. Versions: " + ", ".join(f"{k} {v}" for k, v in sorted(card.versions.items())) + "."),
        ("2.4 Performance", "By group, pair and school, with intervals, on this page."),
        ("2.5 Data", "Attendance, lessons, incidents, removals, suspensions, moves, needs, support, meetings, recognitions, "
                     "surveys: as exported by the school's own systems. Personal data of children; SEN and social care "
                     "are used where recorded; ethnicity, sex and FSM for the audit of fairness alone."),
        ("2.5 Access and storage", "In the school's or trust's own store, pseudonymised at the door; a gate by role, and "
                                   f"an audit log. Retention: {YOURS}"),
        ("2.6 Risks", "Being missed; being listed for nothing; a label sticking; unequal recording; drift; a leak. Each is "
                      "measured on this page or kept out by the pages' rules."),
        ("2.6 Impact assessments", f"DPIA inputs below. Date and link of the DPIA and the equality assessment: {YOURS}"),
    )  # fmt: skip
    return Section(
        "Algorithmic transparency record", "ATRS", ("Following the Algorithmic Transparency Recording Standard.",),
        (Table("Tiers 1 and 2", FORM, rows),), folded=True,
    )  # fmt: skip


def dpia(facts: PageFacts) -> Section:
    """What a data protection impact assessment needs from the run."""
    card = facts.card
    rows = (
        ("Nature", "Profiling of children for support, with a person between every list and every act; no decision under "
                   "Article 22 is made."),
        ("Scope", f"About {round(card.pupils, -1):,} pupils of {card.schools} schools; records from {card.trained_from}; "
                  f"{facts.features} features; outcomes within {card.horizon} open days."),
        ("Context", "Children, some with SEN or social care involvement. They did not choose to be in the records."),
        ("Purpose", "Earlier support. Never grounds for a sanction."),
        ("Lawful basis, Article 9 condition, consultation", YOURS),
        ("Necessity", "A list by simple rules was tried first: its figures stand beside the model's, and a model that does "
                      "no better publishes no names."),
        ("Proportionality", "Names for as many as the team can meet; facts, not scores; the rest of the school unseen."),
        ("Accuracy", "The figures above, with intervals; mistakes are reported beside the record and mended at source."),
        ("Fairness", "Groups, pairs and schools above; a group shown to be missed stops publication."),
        ("Security", "Pseudonyms by a key outside the store; no free text; no pickle; every byte of a model is checked "
                     "when it is read."),
        ("Data hashes", f"records {card.data_hash}; settings {card.settings_hash}; features {card.catalogue_hash}"),
        ("Residual risk and sign-off", YOURS),
    )  # fmt: skip
    return Section(
        "Inputs for the DPIA",
        "DPIA",
        (),
        (Table("For the data protection officer", FORM, rows),),
        folded=True,
    )
