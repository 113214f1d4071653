"""How sturdy is each verdict: claims x definitions x tolerances x days of knowledge, and each verdict through time."""

from gegenprobe.sweep.cluster import Cluster
from gegenprobe.sweep.grid import read_grid, read_tolerances
from gegenprobe.sweep.history import Course, Flip, Release, flips_table, through_time, verdicts_table
from gegenprobe.sweep.inputs import CODE
from gegenprobe.sweep.parts import COLUMNS
from gegenprobe.sweep.pool import Here, Processes, WorkersGone
from gegenprobe.sweep.run import Report, Sweep

__all__ = [
    "CODE", "COLUMNS", "Cluster", "Course", "Flip", "Here", "Processes", "Release", "Report", "Sweep", "WorkersGone",
    "flips_table", "read_grid", "read_tolerances", "through_time", "verdicts_table",
]  # fmt: skip
