"""Makes the site: `python docs/site/build.py OUT`; open OUT/html/index.html.

Pages of docs/ are copied, with links that lead out of it mended; pages of the reference are made
from the code; Sphinx does the rest. Whatever it warns of (a link or a heading that is not there,
a page that no part of the site names) ends the build with exit code 1.
"""

import shutil
import sys
from pathlib import Path

import commands
import names
import navigation
import recipes
import written
from sphinx.cmd.build import main as sphinx

HERE = Path(__file__).resolve().parent


def build(out: Path) -> int:
    """Make the site anew: Sphinx warns of a page only when it reads it.

    Args:
        out: a folder; the sources go to `source/`, the pages to `html/`; what lies there goes.

    Returns:
        0, or what Sphinx ends with.
    """
    for name in ("source", "html", "doctrees"):
        shutil.rmtree(out / name, ignore_errors=True)
    source = out / "source" / "docs"
    texts = {**written.pages(), **commands.pages(), **recipes.pages(), **names.pages()}
    written.write(navigation.joined(texts), source)
    words = ["-b", "html", "-c", str(HERE), "-d", str(out / "doctrees"), "-W", "--keep-going", "-q"]
    return sphinx([*words, str(source), str(out / "html")])


if __name__ == "__main__":
    sys.exit(build(Path(sys.argv[1]).resolve()))
