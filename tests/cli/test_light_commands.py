"""What makes no network does not load what only networks and curves need."""

import subprocess
import sys

WORDS = (
    ["check", "/nowhere"],
    ["crop", "/nowhere", "--boxes", "/nowhere", "--out", "/dev/null/x"],
    ["recipe", "none"],
    ["runs", "/nowhere"],
    ["label", "/nowhere", "--out", "x.csv"],
    ["evaluate", "/nowhere", "/nowhere"],
    ["embed", "/nowhere", "/nowhere", "--out", "x.npz"],
    ["search", "/nowhere", "/nowhere", "--gallery", "/nowhere"],
    ["gallery", "info", "/nowhere"],
    ["gallery", "add", "/nowhere", "/nowhere", "--run", "/nowhere"],
    ["gallery", "search", "/nowhere", "--key", "a"],
    ["serve", "/nowhere", "/nowhere"],
)
HEAVY = ("timm", "torchvision", "matplotlib", "sklearn")


def test_a_mistake_is_told_before_heavy_libraries_are_loaded():
    code = (
        "import sys\nfrom vireid.cli.main import main\n"
        f"for words in {WORDS!r}:\n"
        "    assert main(words) == 2, words\n"
        f"    print(*words[:1], *[one for one in {HEAVY!r} if one in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:-1] == [words[0] for words in WORDS]
