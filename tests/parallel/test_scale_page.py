"""What docs/scale.md shows can be parsed: no machine here could run it."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from torch.distributed.run import parse_args

from vireid.cli.train import parse
from vireid.parallel.slurm import FIRST_PORT, PORTS

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "scale.md").read_text(encoding="utf-8")


def test_commands_of_the_page_are_understood() -> None:
    lines = re.findall(r"(?:vireid|IMAGE) (train .+)", PAGE)
    assert len(lines) == 5
    for line in lines:
        assert parse(shlex.split(line)[1:], "train", "").recipe == "mmm-sysu"


def test_torchrun_understands_its_words() -> None:
    lines = re.findall(r"^ {4}torchrun (.+)", PAGE, flags=re.MULTILINE)
    assert len(lines) == 2
    for line in lines:
        found = parse_args(shlex.split(line))
        assert (found.nproc_per_node, found.training_script) == ("8", "vireid")


def test_the_batch_script_is_one() -> None:
    script = re.findall(r"```bash\n(.*?)```", PAGE, flags=re.DOTALL)[0]
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)


def test_the_ports_are_those_of_the_page() -> None:
    assert f"{FIRST_PORT} to {FIRST_PORT + PORTS - 1}" in PAGE


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)", PAGE))
def test_links_lead_somewhere(link: str) -> None:
    assert (DOCS / link).exists()
