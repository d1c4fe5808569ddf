"""The check of training on a GPU: as a script on a CPU, and its sections on a pretended GPU."""

import json
import os
import subprocess
import sys
import warnings
from importlib import import_module
from pathlib import Path
from time import sleep

import pytest
import torch

from tests.pretended import pretended_gpu
from vireid.training import room
from vireid.training.compute import repeat_bits

FOLDER = Path(__file__).resolve().parents[1] / "benchmarks"
SECTIONS = (
    "machine", "parity", "search", "waits", "embedding", "resume", "throughput", "paper_scale",
    "demo", "compiled",
)  # fmt: skip
SMALL = ("--device", "cpu", "--small")


@pytest.fixture
def gpu_check(monkeypatch):
    """Return the script as a module."""
    monkeypatch.syspath_prepend(FOLDER)
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    before = set(sys.modules)
    yield import_module("gpu_check")
    for name in set(sys.modules) - before:
        if Path(getattr(sys.modules[name], "__file__", None) or "/").is_relative_to(FOLDER):
            sys.modules.pop(name)


@pytest.fixture
def switches():
    """Set back what a training on a GPU sets for the whole process."""
    benchmark = torch.backends.cudnn.benchmark
    yield
    repeat_bits(False)
    torch.backends.cudnn.benchmark = benchmark
    torch.utils.deterministic.fill_uninitialized_memory = True


def read(folder):
    """Return the lines of gpu-check.json as (section, kind, text)."""
    found = json.loads((folder / "gpu-check.json").read_text(encoding="utf-8"))
    lines = [(line["section"], line["kind"], line["text"]) for line in found["lines"]]
    assert found["failed"] == sum(kind == "FAIL" for _, kind, _ in lines)
    return lines


@pytest.mark.slow
def test_every_section_passes_on_a_cpu_at_tiny_sizes(tmp_path):
    done = subprocess.run(
        [sys.executable, str(FOLDER / "gpu_check.py"), *SMALL, "--budget", "3000"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"OUT": str(tmp_path / "out")},
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = read(tmp_path / "out")
    assert tuple(dict.fromkeys(section for section, _, _ in lines)) == SECTIONS
    assert {kind for _, kind, _ in lines} == {"PASS", "INFO"}
    assert not [text for _, _, text in lines if "for time" in text]
    said = done.stdout.splitlines()
    assert all(any(text in line for line in said) for _, _, text in lines)
    passed = {section for section, kind, _ in lines if kind == "PASS"}
    assert passed == {"parity", "search", "embedding", "resume", "paper_scale"}


@pytest.mark.usefixtures("switches")
def test_sections_run_on_a_pretended_gpu(gpu_check, monkeypatch, tmp_path):
    monkeypatch.setattr(room, "bytes_of_image", lambda *_: 1e6)  # pretended tensors lie nowhere
    with pretended_gpu() as gpu:

        def tell_waits(mode):
            if mode == "warn":
                gpu.clear()
                return
            for wait, count in gpu.waits.items():
                for _ in range(count):
                    warnings.warn(f"called a synchronizing CUDA operation: {wait}", stacklevel=1)

        monkeypatch.setattr(torch.cuda, "set_sync_debug_mode", tell_waits)
        only = ("machine", "search", "waits", "embedding", "throughput", "paper_scale")
        words = ["--small", "--budget", "3000", "--out", str(tmp_path), "--only", *only]
        assert gpu_check.main(words) == 0
        assert not gpu.mixed, gpu.told()
        assert not gpu.raced, gpu.told()
    lines = read(tmp_path)
    assert [text for section, _, text in lines if section == "machine"][1].startswith("pretended")
    waits = [(kind, text) for section, kind, text in lines if section == "waits" and kind == "PASS"]
    assert [text.split(":")[0] for _, text in waits[1:]] == ["intra", "joint", "aligned"]


def test_a_section_that_fails_is_told_and_ends_no_other(gpu_check, monkeypatch, tmp_path, capsys):
    def broken(_):
        raise ValueError("no such thing")

    def fine(report):
        report.check(True, "as expected", {"share": float("nan")})

    def worse(report):
        report.check(False, "1 instead of 2")

    sections = {"broken": broken, "worse": worse, "fine": fine}
    monkeypatch.setattr(gpu_check, "SECTIONS", sections)
    assert gpu_check.main([*SMALL, "--out", str(tmp_path)]) == 1
    lines = [line for line in read(tmp_path) if line[1] != "INFO"]
    assert [(section, kind) for section, kind, _ in lines] == [
        ("broken", "FAIL"),
        ("worse", "FAIL"),
        ("fine", "PASS"),
    ]
    assert lines[0][2].endswith("ValueError: no such thing")
    said = capsys.readouterr().out
    assert "\n2 failed" in said
    assert said.rstrip().endswith("worse: 1 instead of 2")
    assert gpu_check.main([*SMALL, "--out", str(tmp_path), "--only", "fine"]) == 0


def test_sections_end_with_the_budget(gpu_check, monkeypatch, tmp_path):
    monkeypatch.setattr(gpu_check, "NEEDED", 0)
    monkeypatch.setattr(gpu_check, "SECTIONS", {"long": lambda _: sleep(600), "later": sleep})
    assert gpu_check.main([*SMALL, "--out", str(tmp_path), "--budget", "0.2"]) == 0
    found = [(section, text) for section, _, text in read(tmp_path) if "took" not in text]
    assert found == [("long", "ended for time"), ("later", "left out for time")]


def test_without_a_gpu_it_says_what_to_do(gpu_check, capsys):
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises(SystemExit) as caught:
        gpu_check.main([])
    assert caught.value.code == 2
    assert "--device cpu --small" in capsys.readouterr().err


@pytest.mark.usefixtures("gpu_check")
def test_time_in_which_a_gpu_computes_counts_once():
    clock = import_module("gpu.clock")
    assert clock.covered([(0, 2), (1, 3), (1, 2), (5, 6)]) == 4
    assert clock.share_of_gpu(lambda: None, "cpu", 1) is None


@pytest.mark.usefixtures("gpu_check")
def test_parity_sees_a_difference():
    parity = import_module("gpu.parity")
    numbers = torch.ones(4, dtype=torch.float64)
    cpu = parity.Taken(None, 0.0, {"total": 4.0}, numbers, numbers)
    report = import_module("gpu.report").Report("cpu")
    for name, there in {
        "equal": parity.Taken(None, 0.0, {"total": 4.0}, numbers, numbers),
        "losses": parity.Taken(None, 0.0, {"total": 4.1}, numbers, numbers),
        "undefined": parity.Taken(None, 0.0, {"total": float("nan")}, numbers, numbers),
        "gradients": parity.Taken(None, 0.0, {"total": 4.0}, 1.1 * numbers, numbers),
        "memories": parity.Taken(None, 0.0, {"total": 4.0}, numbers, 1.1 * numbers),
        "pixels": parity.Taken(None, 0.1, {"total": 4.0}, numbers, numbers),
    }.items():
        parity.compare(name, "fp32", cpu, there, report)
    assert [line.kind for line in report.lines] == ["PASS", *["FAIL"] * 5]
