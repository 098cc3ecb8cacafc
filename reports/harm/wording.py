"""The report's words: how every figure is made."""

DEFINITIONS = {
    "period": "Lists published up to `to`, as known on `to`. By school: entries of the last 60 open days, and after "
              "the day up to which a named person has looked. By group: all entries held.",
    "entries": "Pupils who came on a list and had not been on one in the 20 open days before.",
    "below": "Pupils on the first night of a week no further below the cut than the list is long, not listed in the "
             "20 open days before.",
    "sanctions": "Suspensions, internal exclusions, detentions and being sent out in the 20 open days after: of "
                 "entries, times those of pupils below the cut with the same chance of escalation and the same "
                 "sanctions in the 5, 20 and 60 open days before (Poisson regression, clustered by pupil). Some "
                 "below the cut come on a list later; that draws the figure towards 1.",
    "at_the_cut": "The same, with the place on the list held by a line on each side of the cut (local linear "
                  "regression discontinuity): wider, and about the cut alone.",
    "course": "Sanctions in each five open days before and after the night, of those who came on less those below, at "
              "the same chance and as many sanctions in days 21 to 60 before. Those who come on have had more just "
              "before: that is why they come on.",
    "contacts": "Meetings with the pupil or family in the same days, reckoned alike. Below 1, contact fell where "
                "listing ought to bring it.",
    "alert": "More sanctions than once in 200 nights by chance, with at least ten entries. Publishing then stops "
             "for the school until a named person has looked.",
    "never_supported": "Of pupils ever listed: no support begun and no meeting held since they were first listed.",
    "overruled": "Of listed pupils about whom staff answered: the latest answer was not relevant, wrong, or “I know "
                 "more”.",
    "suppression": "Counts are to the nearest five; nothing is shown of fewer than ten, nor the next smallest where "
                   "it could be had by subtraction.",
}  # fmt: skip
