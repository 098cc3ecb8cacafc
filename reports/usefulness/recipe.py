"""The report usefulness as a recipe."""

from reports.recipe import Recipe, on_paper
from reports.usefulness.json_form import as_json
from reports.usefulness.paper import paper
from reports.usefulness.reckon import usefulness
from reports.usefulness.values import Usefulness

RECIPE = Recipe(Usefulness, usefulness, on_paper(as_json, paper))
