"""The report's words: how every figure is made."""

WAYS = {
    "handrail": "Handrail’s list", "environment": "School, year group and time of year only",
    "suspensions": "Most suspensions in the last year", "abc": "Attendance and behaviour flags",
}  # fmt: skip
ANSWERS = {"supported": "Already supported", "act": "Will act", "not_now": "Not relevant now",
           "wrong": "Information is wrong", "more": "I know more"}  # fmt: skip
DEFINITIONS = {
    "period": "From 1 September, or the day asked for, to `to`, as known on `to`; at each school from its first list.",
    "stepped": "Pupils with a suspension, part-time timetable or a step above either, by their first in the period.",
    "listed": "Of every 100 of those, how many were on a list in the 60 open days before; 19 times in 20 between.",
    "days_ahead": "Open days from the first of those lists to the step: half of the listed had so many or more.",
    "supported": "Of every 100 who stepped up: listed before it, and support begun or a meeting held in between.",
    "answered": "Of every 100 pupils ever listed: those about whom staff gave an answer on the page.",
    "ways": "Of every 100 pupils who stepped up on the dates held out in training, how many each way of choosing as "
            "many names would have listed: the model's own evaluation.",
    "loop": "Steps up within the horizon after coming on a list, times those of pupils just below its cut at the same "
            "chance of escalation (Poisson regression, clustered by pupil). `begun` where the whole interval lies "
            "below 1: labels then carry the help that was given.",
    "suppression": "Counts are to the nearest five; nothing is shown of fewer than ten pupils, nor of the next "
                   "smallest school where it could be had by subtraction.",
}  # fmt: skip
