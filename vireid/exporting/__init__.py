"""A network -> files that other runtimes load, and what reads them again.

``exported`` and ``facts`` need no torch; ``side``, ``onnx_file`` and ``hub`` do.
"""
