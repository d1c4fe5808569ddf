"""A model card: its head is YAML, and no name in it is a mark."""

import yaml

from vireid.pages import Commands, ModelCard, Score, Table, model_card_text
from vireid.pages.model_card import escaped

EVIL = 'a: "b"\n---\n# <script>alert(1)</script> [x](y) | `z` \u202e'


def card(name, scores=()):
    return ModelCard(
        name=name,
        dataset=name,
        protocol="SYSU",
        scores=scores,
        summary=(name,),
        sections=(
            ("Data", (name, Table(("camera", "images"), ((name, 3),)))),
            ("How", (Commands(("vireid train DATA", name)),)),
        ),
        made="a test",
    )


def test_the_head_is_read_back_whatever_names_hold():
    text = model_card_text(card(EVIL, (Score("mAP", 12.34), Score("Rank-1", 50.0))))
    _, head, body = text.split("---\n", 2)
    found = yaml.safe_load(head)
    (model,) = found["model-index"]
    (result,) = model["results"]
    assert model["name"] == EVIL
    assert result["dataset"]["name"] == f"{EVIL}; SYSU"
    assert [(one["type"], one["value"]) for one in result["metrics"]] == [
        ("mAP", 12.3),
        ("Rank-1", 50.0),
    ]
    assert "\u202e" not in body
    marked = [line for line in body.splitlines() if not line.startswith("    ")]  # no code
    assert "<script>" not in "".join(marked)
    assert "[x](y)" not in "".join(marked)
    assert body.count("\n---\n") == 0


def test_without_scores_the_head_has_none():
    head = yaml.safe_load(model_card_text(card("plain")).split("---\n")[1])
    assert "model-index" not in head
    assert "metrics" not in head
    assert head["library_name"] == "vireid"


def test_tables_keep_their_columns():
    body = model_card_text(card("a|b"))
    (row,) = [line for line in body.splitlines() if line.endswith("| 3 |")]
    assert row == "| a\\|b | 3 |"
    assert "    vireid train DATA\n" in body


def test_signs_stand_for_themselves():
    assert escaped("a_b*c") == "a\\_b\\*c"
    assert escaped("a\u202eb") == "a\\[U+202E\\]b"
