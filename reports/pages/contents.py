"""The reports and the question that each answers, in the order in which they are read."""

REPORTS = {
    "strategy": ("For governors", "The term on two pages: what changed, who is affected, what to decide."),
    "lost-learning": ("Learning lost", "Where are days lost, and who loses more?"),
    "movements": ("Moves off site and off roll", "Who was moved, and should it have happened?"),
    "repeats": ("After each step", "How soon does another follow, and who came back down?"),
    "practice": ("What adults decide", "After equal incidents, do we decide alike?"),
    "needs": (
        "Learning lost, by need",
        "Which needs go with most learning lost, and who has none on record?",
    ),
    "experience": ("What pupils say", "Do they feel they belong and are safe, and who did not answer?"),
    "services": ("Waiting for help", "How long do pupils wait, and what happens meanwhile?"),
    "usefulness": ("Did the list come in time?", "Of those who stepped up, whom had it named before?"),
    "harm": ("Did being listed do harm?", "Were those listed met with more sanctions than others like them?"),
    "intake": ("Pupils and community", "Do our pupils mirror the community around us?"),
}
