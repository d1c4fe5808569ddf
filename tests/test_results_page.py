"""docs/results.md shows what the runs gave."""

from pathlib import Path

import pytest

from vireid.studies import data_table, read_results, row_table

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")
STUDIES = sorted(
    file for file in (ROOT / "docs" / "results").glob("*.csv") if file.stem != "synthetic"
)


@pytest.mark.parametrize("file", STUDIES, ids=lambda file: file.stem)
def test_tables_are_those_of_the_runs(file: Path) -> None:
    results = read_results(file.read_text(encoding="utf-8"), file.name)
    rows = list(dict.fromkeys(result.row for result in results))
    by_row, by_data = (set(make(results, rows).splitlines()) for make in (row_table, data_table))
    shown = set(PAGE.splitlines())
    assert by_row <= shown or by_data <= shown
    assert f"results/{file.name}" in PAGE


def test_the_small_recipe_s_table_is_that_of_the_benchmark() -> None:
    measured = (ROOT / "docs" / "results" / "synthetic.md").read_text(encoding="utf-8")
    assert measured.strip() in PAGE
