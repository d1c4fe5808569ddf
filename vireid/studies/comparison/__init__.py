"""Methods set against each other, all else being equal: the table, its rows, its search."""

from vireid.studies.comparison.choices import RULES, Choice, Choices, read_choices, write_choices
from vireid.studies.comparison.comparing import Compared, compare
from vireid.studies.comparison.digests import recipe_digest
from vireid.studies.comparison.entries import Entry
from vireid.studies.comparison.fairness import images_seen, with_images
from vireid.studies.comparison.moves import GRID, Move, moves_for
from vireid.studies.comparison.page import Shown, comparison_page
from vireid.studies.comparison.rows import Row, RowFile, read_table, write_table

__all__ = [
    "GRID",
    "RULES",
    "Choice",
    "Choices",
    "Compared",
    "Entry",
    "Move",
    "Row",
    "RowFile",
    "Shown",
    "compare",
    "comparison_page",
    "images_seen",
    "moves_for",
    "read_choices",
    "read_table",
    "recipe_digest",
    "with_images",
    "write_choices",
    "write_table",
]
