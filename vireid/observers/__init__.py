"""Whoever is told of a training while it runs: files, TensorBoard, W&B, MLflow."""

from vireid.observers.choice import CHOICES, check_installed, open_observers
from vireid.observers.json_lines import JsonLines, read_lines
from vireid.observers.observer import Observer, numbers
from vireid.observers.progress import Progress, silent
from vireid.observers.together import Observers

__all__ = [
    "CHOICES",
    "JsonLines",
    "Observer",
    "Observers",
    "Progress",
    "check_installed",
    "numbers",
    "open_observers",
    "read_lines",
    "silent",
]
