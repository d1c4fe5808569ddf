"""Install the lowest versions that pyproject.toml allows, and run the quick tests with them.

    python benchmarks/lowest_versions.py [--env DIR] [--list] [WORDS OF PYTEST ...]

Needs the package index: some GB are downloaded (torch with CUDA). It is not part of CI, which
has the newest versions; run it where a lower bound is changed, and before a release.
"""

import argparse
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
EXTRAS = ("weights", "parquet", "approximate")
"""Extras whose lowest versions are installed too, as the quick tests use them."""
TOOLS = ("pytest", "scikit-image")
"""Of the extra dev."""
TESTS = (
    "tests/cluster", "tests/labelling", "tests/losses", "tests/matching", "tests/metrics",
    "tests/models", "tests/terms", "tests/types", "tests/ranking", "tests/recipes",
    "tests/test_config.py", "tests/diagnosis",
)  # fmt: skip


def lowest(requirement: str) -> str:
    """Return a requirement of the form NAME>=VERSION as NAME==VERSION.

    >>> lowest("moto[server]>=5.0")
    'moto[server]==5.0'
    """
    found = re.fullmatch(r"([\w.\[\],-]+)>=([\w.]+)", requirement)
    if found is None:
        raise SystemExit(f"{requirement!r} has no lowest version; expected NAME>=VERSION")
    return f"{found[1]}=={found[2]}"


def pins() -> Iterator[str]:
    """Yield the lowest version of every package that is installed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    tools = [one for one in extras["dev"] if re.match(r"[\w-]+", one)[0] in TOOLS]
    for group in (project["dependencies"], *(extras[name] for name in EXTRAS), tools):
        yield from map(lowest, group)


def run(env: Path, words: list[str]) -> int:
    """Make the environment, install, say what was installed, and run the tests."""
    python = env / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(env)], check=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, *dict.fromkeys(pins())], check=True)
    subprocess.run([*install, "--no-deps", "--editable", str(ROOT)], check=True)
    subprocess.run([str(python), "-m", "vireid", "doctor"], check=True, cwd=ROOT)
    named = [word for word in words if (ROOT / word.partition("::")[0]).exists()]
    tests = [str(python), "-m", "pytest", "-q", "-m", "not slow", *words, *(() if named else TESTS)]
    return subprocess.run(tests, check=False, cwd=ROOT).returncode


def main() -> int:
    """Read the command line and do it."""
    command = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    command.add_argument("--env", type=Path, help="keep the environment here; default: a new one")
    command.add_argument("--list", action="store_true", help="only print the versions")
    arguments, words = command.parse_known_args()
    if arguments.list:
        print("\n".join(dict.fromkeys(pins())))
        return 0
    if arguments.env is not None:
        return run(arguments.env.absolute(), words)
    with TemporaryDirectory() as folder:
        return run(Path(folder) / "env", words)


if __name__ == "__main__":
    sys.exit(main())
