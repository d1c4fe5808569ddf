"""Classes from outside the package: who imports them, and from where."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from vireid.errors import ConfigError
from vireid.recipes import (
    change_recipe,
    dump_recipe,
    foreign_classes,
    is_written,
    load_recipe,
    parse_recipe,
    read_outline,
    recipe_differences,
)

MODULE = '''
"""A module of the user's, which leaves a file when it is imported."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vireid.terms import Kept, Term
from vireid.types import NOISE, Labelling, LabelSpace, Matching, PseudoLabels

Path(__file__).with_name("imported").touch()


@dataclass(frozen=True)
class Pulled(Term):
    """A term."""

    force: float = 1.0
    """How strongly."""
    shares: Mapping[str, float] | None = None
    """A mapping of numbers, not of terms."""

    def values(self, kept, output, plan):
        return output.embedding[plan["rows"]].sum(1) * self.force


@dataclass(frozen=True)
class Everyone:
    """A labeller."""

    clusters: int = 2

    def spaces(self):
        return {"all": LabelSpace()}

    def problems(self):
        if self.clusters < 1:
            yield f"labelling.clusters is {self.clusters}; expected at least 1"

    def label(self, embeddings, known, spaces, *, generator, search):
        return Labelling({"all": PseudoLabels(np.arange(len(embeddings)) % self.clusters)})


@dataclass(frozen=True)
class Pruned:
    """A refiner."""

    least: int = 3

    def problems(self):
        yield from ()

    def refine(self, labels, embeddings, known, *, generator):
        return labels


@dataclass(frozen=True)
class Alike:
    """A matcher."""

    def problems(self):
        yield from ()

    def match(self, embeddings, visible, infrared, *, generator):
        return Matching([], infrared.clusters, [])


@dataclass(frozen=True)
class Half(Term):
    """A term without values."""


@dataclass(frozen=True)
class Angry(Term):
    """A term that cannot be made."""

    def __post_init__(self):
        raise RuntimeError("no\\nnever")

    def values(self, kept, output, plan):
        return None


class Plain:
    """No dataclass."""


def function():
    """No class."""
'''
RECIPE = """
labelling:
  refiners: [{class_path: MODULE.Pruned, init_args: {least: 7}}]
  matcher: {class_path: MODULE.Alike}
stages:
- name: s
  epochs: 1
  terms:
    visible: {loss: cluster_nce, labels: visible}
    pulled: {class_path: MODULE.Pulled, init_args: {labels: visible, force: 2, shares: {a: 0.5}}}
"""
OTHER = """
labelling: {class_path: MODULE.Everyone, init_args: {clusters: 3}}
stages:
- name: s
  epochs: 1
  sample_by: all
  terms: {pulled: {class_path: MODULE.Pulled, init_args: {labels: all}}}
"""


@pytest.fixture
def module(request):
    """Return a name for a module that no other test uses."""
    name = "mine_" + "".join(c if c.isalnum() else "_" for c in request.node.name)
    yield name
    for loaded in [one for one in sys.modules if one.startswith(name)]:
        del sys.modules[loaded]


def write(folder: Path, module: str, recipe: str = RECIPE, code: str = MODULE) -> Path:
    """Write a recipe and its module; return the recipe's file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{module}.py").write_text(code)
    file = folder / "mine.yaml"
    file.write_text(recipe.replace("MODULE", module))
    return file


def test_naming_the_file_imports_the_module_beside_it(tmp_path, module):
    file = write(tmp_path, module)
    paths = list(sys.path)
    recipe = load_recipe(file)
    assert (tmp_path / "imported").exists()
    assert sys.path == paths
    pulled = recipe.stages[0].terms["pulled"]
    assert (type(pulled).__name__, pulled.loss, pulled.labels) == ("Pulled", "pulled", "visible")
    assert (pulled.force, type(pulled.force)) == (2.0, float)
    assert pulled.shares == {"a": 0.5}
    assert recipe.labelling.refiners[0].least == 7
    assert type(recipe.labelling.matcher).__name__ == "Alike"
    assert load_recipe(str(file)) == recipe
    assert load_recipe(file, ["seed=3"]).seed == 3


def test_nothing_else_imports_it(tmp_path, module):
    file = write(tmp_path, module)
    text = file.read_text()
    for read in (parse_recipe, lambda text: parse_recipe(text, ["seed=3"])):
        with pytest.raises(ConfigError, match=f"{module}.Pru.* lies outside of vireid, and is not"):
            read(text)
    assert read_outline(text).stages[0].name == "s"
    assert recipe_differences(text, text.replace("force: 2", "force: 3")) == [
        "stages.s.terms.pulled.init_args.force is 3, was 2"
    ]
    assert not (tmp_path / "imported").exists()
    assert module not in sys.modules
    written = dump_recipe(load_recipe(file))
    (tmp_path / "imported").unlink()
    read_outline(written)
    with pytest.raises(ConfigError, match="name the recipe's file again, with --recipe"):
        parse_recipe(written)


def test_a_recipe_elsewhere_does_not_find_it(tmp_path, module):
    write(tmp_path / "one", module)
    other = tmp_path / "two" / "mine.yaml"
    other.parent.mkdir()
    other.write_text(RECIPE.replace("MODULE", module))
    with pytest.raises(ConfigError, match=f"cannot be imported: ModuleNotFound.*{module}"):
        load_recipe(other)


def test_it_is_written_with_its_class_and_read_again_with_its_file(tmp_path, module):
    for number, text in enumerate((RECIPE, OTHER)):
        file = write(tmp_path / str(number), module, text)
        recipe = load_recipe(file)
        written = dump_recipe(recipe)
        plain = yaml.safe_load(written)
        pulled = plain["stages"][0]["terms"]["pulled"]
        assert pulled["class_path"] == f"{module}.Pulled"
        assert pulled["init_args"]["start"] == 0.0
        again = file.with_name("again.yaml")
        again.write_text(written)
        assert load_recipe(again) == recipe
        assert dump_recipe(load_recipe(again)) == written
        assert is_written(recipe)
        assert change_recipe(recipe, []) == recipe
        assert recipe_differences(recipe, written) == []


def test_a_loaded_recipe_is_changed_without_its_file(tmp_path, module):
    recipe = load_recipe(write(tmp_path, module))
    names = {"Pulled", "Pruned", "Alike"}
    assert set(foreign_classes(recipe)) == {f"{module}.{name}" for name in names}
    for loaded in (module,):
        del sys.modules[loaded]
    other = change_recipe(
        recipe, ["stages.s.terms.pulled.force=5", "labelling.refiners.0.init_args.least=4"]
    )
    assert other.stages[0].terms["pulled"].force == 5.0
    assert other.labelling.refiners[0].least == 4
    assert recipe_differences(recipe, other) == [
        "stages.s.terms.pulled.init_args.force is 5.0, was 2.0",
        "labelling.refiners.0.init_args.least is 4, was 7",
    ]
    every = change_recipe(recipe, ["stages.*.terms.*.force=3"])
    assert every.stages[0].terms["pulled"].force == 3.0
    assert foreign_classes(load_recipe("synthetic")) == {}


def test_the_settings_of_a_foreign_labeller_are_all_of_labelling(tmp_path, module):
    recipe = load_recipe(write(tmp_path, module, OTHER), ["labelling.init_args.clusters=5"])
    assert recipe.labelling.clusters == 5
    assert recipe.spaces(recipe.stages[0]) == ("all",)
    file = write(tmp_path, module, OTHER.replace("clusters: 3", "clusters: 0"))
    with pytest.raises(ConfigError, match=r"labelling\.clusters is 0; expected at least 1"):
        load_recipe(file)


def test_two_recipes_have_modules_of_one_name(tmp_path, module):
    one = write(tmp_path / "one", module, OTHER)
    other = write(
        tmp_path / "two", module, OTHER, MODULE.replace("force: float = 1", "force: float = 7")
    )
    forces = [load_recipe(file).stages[0].terms["pulled"].force for file in (one, other, one)]
    assert forces == [1.0, 7.0, 1.0]


def test_what_their_modules_import_may_have_one_name_too(tmp_path, module):
    helper = f"{module}_helper"
    code = MODULE.replace("import numpy", f"from {helper} import FORCE\nimport numpy")
    code = code.replace("force: float = 1.0", "force: float = FORCE")
    files = []
    for folder, force in (("one", 3.0), ("two", 4.0)):
        files.append(write(tmp_path / folder, module, OTHER, code))
        (tmp_path / folder / f"{helper}.py").write_text(f"FORCE = {force}\n")
    forces = [load_recipe(file).stages[0].terms["pulled"].force for file in (*files, files[0])]
    assert forces == [3.0, 4.0, 3.0]


def test_a_package_beside_the_recipe(tmp_path, module):
    package = tmp_path / module
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "inner.py").write_text(MODULE)
    file = tmp_path / "mine.yaml"
    file.write_text(OTHER.replace("MODULE", f"{module}.inner"))
    assert load_recipe(file).labelling.clusters == 3
    assert (package / "imported").exists()


@pytest.mark.parametrize("name", ["json", "numpy", "vireid", "sys", "antigravity", "tabnanny"])
def test_a_module_named_like_another_one_is_refused(tmp_path, name):
    """Those of Python, of this package and of others; loaded or not."""
    loaded = name in sys.modules
    file = write(tmp_path, name)
    with pytest.raises(ConfigError, match=f"{name} beside the recipe has the name of another modu"):
        load_recipe(file)
    assert not (tmp_path / "imported").exists()
    assert (name in sys.modules) == loaded


@pytest.mark.parametrize(
    ("term", "message"),
    [
        ("{class_path: MODULE.Plain}", "MODULE.Plain is no dataclass; expected a frozen dataclass"),
        ("{class_path: MODULE.function}", "MODULE.function is no dataclass"),
        ("{class_path: MODULE.Everyone}", "MODULE.Everyone is no term; see docs/extending.md"),
        ("{class_path: MODULE.Nobody}", "class_path MODULE.Nobody: MODULE has no class Nobody$"),
        ("{class_path: MODULE.Puled}", "MODULE has no class Puled; did you mean Pulled?"),
        ("{class_path: Pulled}", "class_path Pulled: expected a module and a class, [A-Z.]*$"),
        ("{class_path: 3}", "class_path 3: expected a module and a class"),
        ("{class_path: .}", "cannot be imported|expected a module and a class"),
        ("{class_path: MODULE.Pulled}", "stages.s.terms.t.labels is missing"),
        ("{class_path: MODULE.Pulled, init_args: 3}", "holds 3; expected settings by name"),
        (
            "{class_path: MODULE.Pulled, args: {}}",
            "no such setting: stages.s.terms.t.args|t has args beside a class_path",
        ),
        (
            "{class_path: MODULE.Pulled, init_args: {labels: visible, farce: 3}}",
            "no such setting: stages.s.terms.t.farce; did you mean force?",
        ),
        (
            "{class_path: MODULE.Pulled, init_args: {labels: visible, force: much}}",
            "stages.s.terms.t.force is 'much'; expected a number",
        ),
        (
            "{class_path: MODULE.Pulled, init_args: {labels: visible, weight: -1}}",
            "stage s: t: weight is -1.0; expected at least 0",
        ),
        (
            "{class_path: MODULE.Half, init_args: {labels: visible}}",
            "stages.s.terms.t: .*TypeError: ",
        ),
        ("{class_path: MODULE.Angry, init_args: {labels: visible}}", "RuntimeError: no never"),
    ],
)
def test_mistakes_are_explained_in_one_line(tmp_path, module, term, message):
    text = f"stages: [{{name: s, epochs: 1, terms: {{t: {term}}}}}]"
    file = write(tmp_path, module, text)
    with pytest.raises(
        ConfigError, match=message.replace("MODULE", module).replace("?", r"\?")
    ) as e:
        load_recipe(file)
    assert "\n" not in str(e.value)
    assert "mine.yaml" in str(e.value)


@pytest.mark.parametrize(
    "code", ["1 / 0", "def (", "raise SystemExit(3)", "import nothing_like_it"]
)
def test_a_module_that_cannot_be_imported(tmp_path, module, code):
    file = write(tmp_path, module, OTHER, code)
    with pytest.raises(ConfigError, match=f"class_path {module}.Everyone cannot be imported") as e:
        load_recipe(file)
    assert "\n" not in str(e.value)


@pytest.mark.parametrize(
    ("labelling", "message"),
    [
        (
            "{refiners: [{least: 3}]}",
            "labelling.refiners.0 lacks a kind; expected one of dense_prototypes, or a class_path",
        ),
        (
            "{matcher: hungarian}",
            "labelling.matcher holds 'hungarian'; expected settings, or a class",
        ),
        (
            "{matcher: {kind: vote, threshold: 0.4}}",
            "labelling.matcher: kind is vote; expected one of votes, .*; did you mean votes",
        ),
        ("{matcher: {kind: votes, eps: 1}}", "no such setting of votes: labelling.matcher.eps"),
        ("{matcher: {kind: votes, threshold: far}}", "labelling.matcher.threshold is 'far'"),
        ("{refiners: {class_path: x.Y}}", "labelling.refiners is .*; expected a list, "),
        ("{class_path: MINE.Pulled}", "MINE.Pulled is no labeller; see docs"),
        ("{matcher: {class_path: MINE.Pruned}}", "MINE.Pruned is no matcher; see docs"),
    ],
)
def test_mistakes_in_the_parts_of_a_labeller(tmp_path, module, labelling, message):
    text = "stages: [{name: s, epochs: 1, terms: {t: {loss: triplet, labels: matched}}}]\n"
    file = write(tmp_path, module, f"{text}labelling: {labelling.replace('MINE', module)}")
    with pytest.raises(ConfigError, match=message.replace("MINE", module)) as caught:
        load_recipe(file)
    assert "\n" not in str(caught.value)


def test_reading_recipes_and_outlines_loads_nothing_heavy():
    """What lists runs has to start fast."""
    code = (
        "import sys\n"
        "from vireid.recipes import *\n"
        "from vireid.recipes import load_recipe, dump_recipe, read_outline, recipe_differences\n"
        "recipe = load_recipe('released', ['seed=3'])\n"
        "read_outline(dump_recipe(recipe))\n"
        "recipe_differences(recipe, dump_recipe(recipe))\n"
        "heavy = {'torch', 'scipy', 'sklearn', 'numba', 'timm', 'matplotlib', 'pandas'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                          cwd=Path(__file__).parents[2])  # fmt: skip
    assert done.stdout.strip() == "[]"
