"""Frames with boxes -> crops of people under a manifest (``crop``)."""

from vireid.cropping.settings import CropSettings

__all__ = ["CropSettings"]
