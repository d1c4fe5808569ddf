"""Studies: runs set beside each other."""

from vireid.studies.ablation import GAINS, ablation_rows
from vireid.studies.results import Result, make_result, read_results, runs_of, write_results
from vireid.studies.shared import beginning, branch_points, seen_by, shared_stages
from vireid.studies.sweeps import named_rows, swept_rows, with_settings
from vireid.studies.table import data_table, gain, gain_table, row_table
from vireid.studies.upper_bound import TrueLabels

__all__ = [
    "GAINS",
    "Result",
    "TrueLabels",
    "ablation_rows",
    "beginning",
    "branch_points",
    "data_table",
    "gain",
    "gain_table",
    "make_result",
    "named_rows",
    "read_results",
    "row_table",
    "runs_of",
    "seen_by",
    "shared_stages",
    "swept_rows",
    "with_settings",
    "write_results",
]
