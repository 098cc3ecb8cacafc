"""The report repeats as a recipe."""

from reports.recipe import Recipe, on_paper
from reports.repeats.json_form import as_json
from reports.repeats.paper import paper
from reports.repeats.reckon import repeats
from reports.repeats.values import Repeats

RECIPE = Recipe(Repeats, repeats, on_paper(as_json, paper))
