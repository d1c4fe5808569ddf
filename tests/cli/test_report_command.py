"""`vireid report` and `vireid card`: with identities, without, of a stopped run, without data."""

import json
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

import vireid
from tests.conftest import draw_tree
from vireid.cli.main import main
from vireid.runs import Run
from vireid.scoring import ProtocolOptions

pytestmark = pytest.mark.filterwarnings("ignore:.*not trained to its end")

NEVER = {"script", "iframe", "object", "embed", "link", "base", "form", "a"}


class Page(HTMLParser):
    """Elements, attributes, headings and text of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.words = set(), [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data):
        self.words += data


def report(*words):
    """Write a report and return its page."""
    return checked(vireid.write_report(*words))


def checked(place):
    """Return a page after what holds for every one."""
    text = place.read_text(encoding="utf-8")
    page = Page(text)
    assert len(text) < 5e6
    assert not page.tags & NEVER
    assert not [one for one in page.attributes if one[1].startswith("on")]
    sources = [value for _, name, value in page.attributes if name in ("src", "href")]
    assert all(value.startswith("data:image/jpeg;base64,") for value in sources)
    assert all(value for tag, name, value in page.attributes if (tag, name) == ("img", "alt")), (
        "every picture is said in words"
    )
    assert "url(" not in text
    assert "default-src 'none'" in text
    return page


@pytest.fixture
def copied(trained, tmp_path):
    """Return a copy of the trained run."""
    return Path(shutil.copytree(trained, tmp_path / "first"))


def test_a_run_with_identities_is_shown_whole(copied, people, succeed, capsys):
    vireid.evaluate(copied, people, stages="every", protocol=ProtocolOptions(draws=2))
    succeed("report", copied, people)
    assert f"report: {copied / 'report.html'}" in capsys.readouterr().out.replace("\n", "")
    page = checked(copied / "report.html")
    for word in (
        "trained to its end", "a random order scores", "Signals without identities", "Curves",
        "Ranked lists", "Worst query", "Similarities", "By modality, before training",
        "By camera, after aligned", "Settings that differ", "Machine and versions",
        "How to reproduce", "Largest, 1", "Purest, 1", "Surest, 1", "of one person",
    ):  # fmt: skip
        assert word in page.words, word
    metrics = json.loads((copied / "metrics.json").read_text())["protocols"]
    (entry,) = metrics.values()
    assert f"{entry['stages']['aligned']['mAP']:.1f} ±" in page.words
    assert "Left out" not in page.words


def test_scores_of_another_network_are_not_shown(copied, people):
    vireid.evaluate(copied, people, stages="every")
    run = Run(copied)
    shutil.copy(run.checkpoint_file("before"), run.checkpoint_file("aligned"))
    words = report(copied).words
    assert "networks that the run no longer holds: aligned" in words
    assert "mAP after joint" in words


def test_without_data_and_scores_the_page_says_what_is_missing(copied):
    words = report(copied).words
    assert "they need the data" in words
    assert "Test scores: the folder holds none" in words
    assert "Curves" in words
    assert "Ranked lists, similarities" in words


def test_without_identities_nothing_is_told_of_them(copied, people, tmp_path):
    for kind, cameras in (("visible", (1, 2)), ("infrared", (3, 6))):
        folder = tmp_path / "plain" / kind
        folder.mkdir(parents=True)
        for file in [one for c in cameras for one in (people / f"cam{c}").rglob("*.jpg")]:
            shutil.copy(file, folder / f"{file.parent.parent.name}-{file.parent.name}-{file.name}")
    words = report(copied, tmp_path / "plain").words
    assert "Ranked lists: they need test images with identities" in words
    assert "they need identities, and the data have none" in words
    assert "are not those that the run was trained on" in words
    assert "of one person" not in words
    assert "By modality, after aligned" in words


def test_a_stopped_run_has_a_report_that_says_so(train, people, stopping, tmp_path):
    stopping(3)
    with pytest.raises(AssertionError):
        train(people, tmp_path / "run")
    assert main(["card", str(tmp_path / "run")]) == 0
    page = report(tmp_path / "run", people)
    assert "stopped before its end; goes on at" in page.words
    assert "Networks that it holds: before, joint" in page.words
    assert "By modality, after joint" in page.words
    card = (tmp_path / "run" / "model-card.md").read_text()
    assert "The training is not finished" in card
    assert "was never evaluated" in card


def test_names_are_shown_and_never_run(copied, tmp_path):
    evil = '<img src=x onerror="alert(1)">'
    root = draw_tree(tmp_path / evil)
    target = copied.rename(tmp_path / "<script>alert(1)<'run>")
    page = report(target, root)
    assert "<script>alert(1)<'run>" in page.words
    card = vireid.write_model_card(target, root).read_text()
    marked = [line for line in card.split("---\n")[2].splitlines() if not line.startswith("    ")]
    assert "<script>" not in "".join(marked)


def test_the_card_tells_what_the_folder_knows(copied, people, succeed):
    vireid.evaluate(copied, people, stages="every")
    succeed("card", copied, people, "--out", copied / "README.md")
    _, head, body = (copied / "README.md").read_text().split("---\n", 2)
    assert yaml.safe_load(head)["library_name"] == "vireid"
    for title in (
        "Intended use", "Must not be used for", "Data", "Cameras", "Known failures",
        "Chance level", "Numbers", "How to reproduce", "Licence",
    ):  # fmt: skip
        assert f"\n## {title}\n" in body
    assert "| infrared | 3 |" in body
    assert "a random order scores" in body


def test_runs_of_earlier_versions_and_without_networks_are_told(trained, tmp_path):
    old = Path(__file__).parents[1] / "fixtures" / "run-0.1.0"
    words = checked(vireid.write_report(old, path=tmp_path / "old.html")).words
    assert "of an origin that the folder does not say" in words
    assert "Against the recipe synthetic" in words
    (tmp_path / "empty").mkdir()
    shutil.copy(trained / "recipe.yaml", tmp_path / "empty")
    words = report(tmp_path / "empty").words
    assert "Networks that it holds: none" in words
    assert "Curves and signals: no epoch is in the log yet" in words


def test_mistakes_are_one_line(mistake, people, copied, tmp_path):
    assert "holds no recipe.yaml" in mistake("report", tmp_path)
    assert "holds no recipe.yaml" in mistake("card", people)
    (tmp_path / "file").write_text("x")
    assert "cannot write" in mistake("report", copied, "--out", tmp_path / "file" / "page.html")
