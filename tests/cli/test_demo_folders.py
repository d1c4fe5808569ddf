"""A second demo does not touch the first."""

from vireid.cli.demo import next_run


def test_each_demo_gets_a_folder_of_its_own(tmp_path):
    assert next_run(tmp_path).folder.name == "run"
    (tmp_path / "run").mkdir()
    (tmp_path / "run-2").mkdir()
    assert next_run(tmp_path).folder.name == "run-3"
