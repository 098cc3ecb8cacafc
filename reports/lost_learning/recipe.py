"""The report lost-learning as a recipe: its page and its text are its own."""

from reports.lost_learning.json_form import as_json
from reports.lost_learning.page import page_of
from reports.lost_learning.paper import paper
from reports.lost_learning.reckon import lost_learning
from reports.lost_learning.text import in_words_of
from reports.lost_learning.values import LostLearning
from reports.recipe import Forms, Recipe

RECIPE = Recipe(LostLearning, lost_learning, Forms(as_json, paper, page_of, in_words_of))
