"""What is kept beside crops, so that a killed call goes on: settings, frames that are done."""

import csv
import fcntl
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Self

from vireid.cropping.names import safe
from vireid.cropping.settings import CropSettings
from vireid.errors import DataError
from vireid.files import whole_file

VERSION = 1
"""Of what lies in the hidden folder."""
HIDDEN = ".crop"
MANIFEST = "manifest.csv"
COLUMNS = ("path", "modality", "camera", "track", "timestamp", "box", "frame")
"""Columns of the manifest."""
ELSEWHERE = "choose another folder or delete this one"
ANOTHER = f"say --recording NAME if it is a second recording, {ELSEWHERE}"
"""What to do about crops of other settings, and of other frames."""

Row = tuple[str, ...]


class Part:
    """The crops of one call in a folder that several calls may write to.

    Args:
        out: the folder of crops.
        name: of this part.
    """

    def __init__(self, out: Path, name: str) -> None:
        self._out = out
        self._folder = out / HIDDEN / name
        self._journal: BinaryIO | None = None
        self.done: dict[str, dict[str, Any]] = {}
        """What the journal says of frames, by kind of work and name."""

    @classmethod
    @contextmanager
    def claimed(
        cls, out: Path, settings: CropSettings, cameras: Sequence[str], facts: Mapping[str, Any]
    ) -> Iterator[Self]:
        """Claim a part of a folder of crops for this process.

        Args:
            out: the folder of crops, made where it is missing.
            settings: of this call.
            cameras: whose frames it crops.
            facts: what must be the same when it goes on: settings and digests.

        Yields:
            The part.

        Raises:
            DataError: the folder holds other things or other crops of these cameras, or another
                process is at it.
        """
        name = f"{safe(settings.recording) if settings.recording else ''}@"
        name += safe(settings.camera) if settings.camera is not None else ""
        part = cls(out, name)
        if out.is_dir() and any(out.iterdir()) and not (out / HIDDEN).is_dir():
            raise DataError(
                f"{out} holds other files; expected a new or empty folder, or one of `vireid crop`"
            )
        try:
            part._folder.mkdir(parents=True, exist_ok=True)
            with (part._folder / "lock").open("wb") as lock:
                _lock(lock, part._folder)
                with _locked(out):
                    part._check(settings, cameras, facts)
                part._open()
                try:
                    yield part
                finally:
                    assert part._journal is not None
                    part._journal.close()
        except OSError as problem:
            reason = problem.strerror or str(problem)
            raise DataError(f"cannot write to {out}: {reason}; choose another place") from problem

    def note(self, kind: str, frame: str, fact: Mapping[str, Any]) -> None:
        """Note that a piece of work on a frame is done.

        Args:
            kind: of the work.
            frame: its name.
            fact: what is to be known of it.
        """
        assert self._journal is not None
        line = json.dumps({"kind": kind, "frame": frame, **fact}) + "\n"
        self._journal.write(line.encode())
        self._journal.flush()

    def digests(self) -> dict[str, str]:
        """Return what the journal says of the bytes of frames that were read.

        Returns:
            Digests by the frames' names.
        """
        return {fact["frame"]: fact["digest"] for fact in self.done.values() if fact.get("digest")}

    def finish(self, rows: Iterable[Row]) -> None:
        """Write the rows of this part, and the manifest of all parts that are finished.

        Args:
            rows: cells of the manifest.

        Raises:
            DataError: they cannot be written.
        """
        with _locked(self._out):
            with whole_file(self._folder / "rows.csv") as path:
                path.write_text(_table(rows), encoding="utf-8", newline="")
            everything: list[Row] = []
            for file in sorted((self._out / HIDDEN).glob("*/rows.csv")):
                with file.open(encoding="utf-8", newline="") as opened:
                    everything += [tuple(row) for row in csv.reader(opened)]
            with whole_file(self._out / MANIFEST) as path:
                path.write_text(_table([COLUMNS, *everything]), encoding="utf-8", newline="")

    def _check(
        self, settings: CropSettings, cameras: Sequence[str], facts: Mapping[str, Any]
    ) -> None:
        """Compare this call with what lies there, and keep what it is."""
        plain = json.loads(json.dumps(facts))
        mine = {"version": VERSION, "recording": settings.recording, "cameras": list(cameras)}
        for file in sorted((self._out / HIDDEN).glob("*/part.json")):
            there = _read(file)
            if file.parent == self._folder:
                _compare(self._out, there["facts"], plain)
                return
            shared = sorted(set(there["cameras"]) & set(cameras))
            if shared and there["recording"] == settings.recording:
                raise DataError(
                    f"{self._out} holds crops of camera {shared[0]} of another call; say "
                    "--recording NAME to keep tracks of several recordings apart, or choose "
                    "another folder"
                )
        with whole_file(self._folder / "part.json") as path:
            path.write_text(json.dumps({**mine, "facts": plain}, indent=1), encoding="utf-8")

    def _open(self) -> None:
        """Read the journal up to its last whole line, and go on behind it."""
        path = self._folder / "journal.jsonl"
        held = path.read_bytes() if path.is_file() else b""
        whole = 0
        for line in held.splitlines(keepends=True):
            try:
                found = json.loads(line) if line.endswith(b"\n") else None
            except ValueError:
                found = None
            if not isinstance(found, dict) or not {"kind", "frame"} <= found.keys():
                break
            self.done[f"{found['kind']} {found['frame']}"] = found
            whole += len(line)
        self._journal = path.open("ab")
        self._journal.truncate(whole)


def _compare(out: Path, there: Mapping[str, Any], mine: Mapping[str, Any]) -> None:
    """Refuse to go on with other settings, boxes or frames."""
    changed = sorted(name for name in mine if there.get(name) != mine[name])
    if changed:
        name = changed[0]
        what = {"boxes": "the boxes are others", "frames": "there are other frames"}.get(
            name, f"{name} was {there.get(name)!r} and is {mine[name]!r}"
        )
        raise DataError(
            f"{out} holds crops that were made otherwise: {what}; "
            f"{ANOTHER if name in ('boxes', 'frames') else ELSEWHERE}"
        )


def _read(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        if found["version"] == VERSION and {"recording", "cameras", "facts"} <= found.keys():
            return dict(found)
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise DataError(f"{file} is damaged or of another version; choose another folder") from None


def _lock(lock: BinaryIO, folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise DataError(
            f"another process is cropping to {folder.parent.parent}; wait for it or choose another "
            "folder"
        ) from None


@contextmanager
def _locked(out: Path) -> Iterator[None]:
    """Wait until no other process looks at the parts of a folder."""
    with (out / HIDDEN / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _table(rows: Iterable[Row]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
