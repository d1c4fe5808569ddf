"""Recordings of several cameras past which people walk: frames, boxes, tracks, clocks."""
