"""What a run keeps of what was chosen by the memory of a GPU."""

from dataclasses import replace

import pytest

from vireid.errors import ConfigError
from vireid.recipes import dump_recipe
from vireid.runs import Run
from vireid.runs.begun import as_begun
from vireid.runs.states import check_same_recipe


def chosen(recipe, **compute):
    return replace(recipe, compute=replace(recipe.compute, **compute))


def test_what_a_recipe_leaves_open_is_taken_from_the_run(tiny):
    begun = dump_recipe(chosen(tiny, parts=3, embedding_batch=128))
    assert as_begun(tiny, begun) == chosen(tiny, parts=3, embedding_batch=128)
    said = chosen(tiny, parts=2)
    assert as_begun(said, begun) == chosen(tiny, parts=2, embedding_batch=128)
    assert as_begun(tiny, dump_recipe(tiny)) == tiny
    assert as_begun(tiny, "seed: 0") is tiny, "a recipe of a former version"
    assert as_begun(tiny, "compute: 3") is tiny, "what else is wrong is told elsewhere"


def test_on_another_gpu_a_run_may_go_on_in_other_parts(tiny, tmp_path):
    run = Run(tmp_path)
    run.recipe_file.write_text(dump_recipe(chosen(tiny, parts=3)))
    check_same_recipe(run, chosen(tiny, parts=5, embedding_batch=8))
    with pytest.raises(ConfigError, match=r"compute\.precision is bf16, was fp32"):
        check_same_recipe(run, chosen(tiny, parts=3, precision="bf16"))
