"""A stage with fewer clusters than a batch shall show says so, once."""


def test_each_stage_says_once_how_many_labels_its_batches_hold(people, tmp_path, train, capsys):
    train(people, tmp_path / "run", "--set", "batch_labels=200", "--device", "cpu")
    lines = capsys.readouterr().out.splitlines()
    said = [line for line in lines if "labels wanted in a batch" in line]
    assert said == [
        "stage joint: 200 visible labels wanted in a batch, 8 there: batches hold 8; "
        "200 infrared labels wanted in a batch, 8 there: batches hold 8",
        "stage aligned: 200 matched labels wanted in a batch, 8 there in both modalities: "
        "batches hold 8",
    ]
