"""A real Chromium, told what to do over a pipe (the DevTools protocol); nothing else is needed."""

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def find_chromium() -> str | None:
    """Return the program, if there is any."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Page:
    """A page in a browser of its own; what it writes to its console is kept.

    Args:
        program: of the browser.
        folder: for its files.
        size: width and height of the window.
        dark: whether it prefers dark colours.
    """

    def __init__(
        self, program: str, folder: Path, size: tuple[int, int] = (1280, 900), dark: bool = False
    ) -> None:
        (theirs_in, self._out), (self._in, theirs_out) = os.pipe(), os.pipe()
        words = ["--headless=new", "--no-sandbox", "--remote-debugging-pipe", "--disable-gpu",
                 f"--user-data-dir={folder}", "--disable-dev-shm-usage", "--no-first-run",
                 f"--window-size={size[0]},{size[1]}"]  # fmt: skip
        fds = f'exec {theirs_in}<&{theirs_in} 3<&{theirs_in} 4>&{theirs_out}; exec "$0" "$@"'
        self._process = subprocess.Popen(
            ["bash", "-c", fds, program, *words],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._rest, self._number, self.console = b"", 0, []
        target = self._do("Target.createTarget", url="about:blank")["targetId"]
        self._session = None
        told = self._do("Target.attachToTarget", targetId=target, flatten=True)
        self._session = told["sessionId"]
        for room in ("Page", "Runtime", "Log", "DOM"):
            self._do(f"{room}.enable")
        self._do("Emulation.setDeviceMetricsOverride", width=size[0], height=size[1],
                 deviceScaleFactor=1, mobile=size[0] < 600)  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._do("Emulation.setEmulatedMedia", features=[scheme])

    def open(self, url: str) -> None:
        """Go to an address."""
        self._do("Page.navigate", url=url)
        self.wait(f"location.href.startsWith({url!r}) && document.readyState === 'complete'")

    def run(self, script: str) -> Any:
        """Return what an expression is, once it is settled."""
        told = self._do(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def wait(self, condition: str) -> None:
        """Wait until an expression is true."""
        script = (
            "new Promise((done, fail) => { let tries = 0; const look = () => { "
            f"if ({condition}) done(true); else if (tries++ > 24000) fail('never'); "
            "else setTimeout(look, 25); }; look(); })"
        )
        assert self.run(script) is True

    def choose(self, selector: str, file: Path) -> None:
        """Put a file into an input."""
        root = self._do("DOM.getDocument")["root"]["nodeId"]
        node = self._do("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self._do("DOM.setFileInputFiles", files=[str(file)], nodeId=node)

    def press(self, key: str) -> None:
        """Press a key."""
        text = key if len(key) == 1 else "\r" if key == "Enter" else ""
        code = {"Enter": 13, "Tab": 9}.get(key, 0)
        for kind in ("keyDown", "keyUp"):
            self._do("Input.dispatchKeyEvent", type=kind, key=key, text=text,
                     windowsVirtualKeyCode=code)  # fmt: skip

    def picture(self, path: Path, whole: bool = True) -> None:
        """Write a screenshot."""
        told = self._do("Page.captureScreenshot", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(told["data"]))

    def close(self) -> None:
        """End the browser."""
        self._process.kill()
        self._process.wait()
        os.close(self._in)
        os.close(self._out)

    def _do(self, method: str, **words: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": words}
        if getattr(self, "_session", None):
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while (told := self._read()).get("id") != self._number:
            self._keep(told)
        assert "error" not in told, (method, told["error"])
        return told["result"]

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            part = os.read(self._in, 1 << 16)
            assert part, "the browser has ended"
            self._rest += part
        whole, self._rest = self._rest.split(b"\0", 1)
        return json.loads(whole)

    def _keep(self, told: dict[str, Any]) -> None:
        """Keep what is written to the console, and errors."""
        method, given = told.get("method"), told.get("params", {})
        if method == "Runtime.consoleAPICalled":
            self.console.append(str(given["args"]))
        elif method == "Runtime.exceptionThrown":
            self.console.append(str(given["exceptionDetails"]))
        elif method == "Log.entryAdded":
            self.console.append(f"{given['entry']['level']}: {given['entry']['text']}")
