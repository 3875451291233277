"""A forked worker: takes one job a line, runs it, answers one line.

papermill is imported already; each job's kernel is forked from the same warm parent.
"""

from __future__ import annotations

import ast
import json
import logging
import os
import socket
from pathlib import Path
from typing import Any

from ssstats.errors import ReleaseError
from ssstats.notebooks.executing import LostKernelError, NotebookJob, run_one

# Where this worker's kernels have their private folders.
FOLDERS = "SSSTATS_KERNEL_FOLDERS"


def line_of(job: NotebookJob) -> bytes:
    """Return a job as one line."""
    told = {
        "template": str(job.template.resolve()),
        "output": str(job.output.resolve()),
        # Written as Python writes them: JSON has no tuples and only text as keys.
        "parameters": repr(dict(job.parameters)),
        "title": job.title,
    }
    return json.dumps(told).encode() + b"\n"


def job_of(line: bytes) -> NotebookJob:
    """Return the job of one line."""
    told = json.loads(line)
    return NotebookJob(
        Path(told["template"]),
        Path(told["output"]),
        ast.literal_eval(told["parameters"]),
        told["title"],
    )


def serve_jobs(channel: socket.socket) -> None:
    """Run the jobs that come through the channel until it closes."""
    # What papermill logs of its own accord is in our messages, in the statistician's words.
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    with channel, channel.makefile("rb") as lines:
        for line in lines:
            channel.sendall(json.dumps(_answer(job_of(line))).encode() + b"\n")


def _answer(job: NotebookJob) -> dict[str, Any]:
    try:
        return {"seconds": run_one(job, folders=os.environ.get(FOLDERS, ""))}
    except LostKernelError as loss:
        return {"lost": str(loss)}
    except ReleaseError as failure:
        return {"failed": str(failure)}
