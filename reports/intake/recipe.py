"""The report intake as a recipe."""

from reports.intake.json_form import as_json
from reports.intake.paper import paper
from reports.intake.reckon import intake
from reports.intake.values import Intake
from reports.recipe import Recipe, on_paper

RECIPE = Recipe(Intake, intake, on_paper(as_json, paper))
