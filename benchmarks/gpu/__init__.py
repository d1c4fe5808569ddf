"""Sections of benchmarks/gpu_check.py: each is given a report, and says there what it found."""
