"""The report experience as a recipe."""

from reports.experience.json_form import as_json
from reports.experience.paper import paper
from reports.experience.reckon import experience
from reports.experience.values import Experience
from reports.recipe import Recipe, on_paper

RECIPE = Recipe(Experience, experience, on_paper(as_json, paper))
