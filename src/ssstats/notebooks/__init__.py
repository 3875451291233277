"""Notebooks: parameters checked, run through papermill many at a time, same bytes each time."""

from ssstats.notebooks.parameters import check_parameters, parameters_of
from ssstats.notebooks.running import NotebookJob, run_notebooks

__all__ = ["NotebookJob", "check_parameters", "parameters_of", "run_notebooks"]
