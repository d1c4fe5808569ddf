"""Studies: runs set beside each other."""

from vireid.studies.ablation import GAINS, ablation_rows
from vireid.studies.folder import StudyFolder
from vireid.studies.results import (
    Result,
    make_result,
    of_protocol,
    protocols_of,
    read_results,
    runs_of,
    write_results,
)
from vireid.studies.row_files import read_rows
from vireid.studies.shared import beginning, branch_points, seen_by, shared_stages
from vireid.studies.sweeps import named_rows, swept_rows, with_settings
from vireid.studies.table import data_table, gain, gain_table, row_table
from vireid.studies.upper_bound import Identities, TrueLabels, training_truth, true_labels

__all__ = [
    "GAINS",
    "Identities",
    "Result",
    "StudyFolder",
    "TrueLabels",
    "ablation_rows",
    "beginning",
    "branch_points",
    "data_table",
    "gain",
    "gain_table",
    "make_result",
    "named_rows",
    "of_protocol",
    "protocols_of",
    "read_results",
    "read_rows",
    "row_table",
    "runs_of",
    "seen_by",
    "shared_stages",
    "swept_rows",
    "training_truth",
    "true_labels",
    "with_settings",
    "write_results",
]
