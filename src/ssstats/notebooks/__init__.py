"""Notebooks: parameters checked, run through papermill many at a time, same bytes each time."""

from ssstats.notebooks.executing import NotebookJob
from ssstats.notebooks.parameters import check_parameters, parameters_of
from ssstats.notebooks.running import NotebookTiming, run_notebooks

__all__ = ["NotebookJob", "NotebookTiming", "check_parameters", "parameters_of", "run_notebooks"]
