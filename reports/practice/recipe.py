"""The report practice as a recipe."""

from reports.practice.json_form import as_json
from reports.practice.paper import paper
from reports.practice.reckon import practice
from reports.practice.values import Practice
from reports.recipe import Recipe, on_paper

RECIPE = Recipe(Practice, practice, on_paper(as_json, paper))
