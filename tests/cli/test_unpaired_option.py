"""`vireid synth --unpaired`."""

from pathlib import Path

from vireid.cli.main import main


def test_the_command_takes_a_share(tmp_path: Path, mistake) -> None:
    words = ["synth", str(tmp_path / "out"), "--identities", "3", "--test-identities", "1"]
    words += ["--visible-images", "1", "--infrared-images", "1", "--processes", "1"]
    assert main([*words, "--unpaired", "0.67"]) == 0
    assert len(list((tmp_path / "out").glob("cam1/*"))) == 3
    assert "unpaired is 2.0; expected 0 to 1" in mistake(*words[:2], "--unpaired", "2.0")
