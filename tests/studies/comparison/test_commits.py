"""The commit that rows are noted with."""

import subprocess
from importlib.metadata import version

from vireid.studies.comparison import commits
from vireid.studies.comparison.commits import commit_of_code


def git(folder, *words):
    names = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", *names, "-C", str(folder), *words], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_the_commit_of_a_checkout_and_whether_the_package_has_changed_since(tmp_path):
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    installed = f"vireid {version('vireid')}"
    assert commit_of_code(package) == installed, "no checkout"
    git(tmp_path, "init", "-q")
    assert commit_of_code(package) == installed, "a checkout of something else"
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    commit = git(tmp_path, "rev-parse", "HEAD")[:10]
    assert commit_of_code(package) == commit
    (tmp_path / "rows.csv").write_text("")
    assert commit_of_code(package) == commit, "only the package counts"
    (package / "__init__.py").write_text("1")
    assert commit_of_code(package) == f"{commit}+"


def test_a_package_that_is_not_installed_has_no_version(tmp_path, monkeypatch):
    monkeypatch.setattr(commits, "PACKAGE", "vireid-that-nobody-has")
    assert commit_of_code(tmp_path) == "vireid-that-nobody-has of no known version"
