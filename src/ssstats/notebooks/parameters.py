"""A template's parameters, read before anything runs.

papermill only warns where a template has no parameters cell or does not know a parameter, and
goes on with the defaults: a page of the wrong authority. Here both are errors.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

import nbformat

from ssstats.errors import NotebookError, listed

_TAG = "parameters"


def read_template(path: Path) -> nbformat.NotebookNode:
    """Return the notebook of a template.

    Raises
    ------
    NotebookError
        If the file is missing or is no notebook.
    """
    if not path.is_file():
        raise NotebookError(f"{path.name}: there is no such notebook in {path.parent}")
    try:
        return nbformat.read(path, as_version=4)
    except Exception as problem:
        # nbformat raises its own, json's and jsonschema's errors for a damaged file.
        kind = type(problem).__name__
        raise NotebookError(f"{path.name}: is no notebook ({kind}); restore it") from None


def parameters_of(path: Path) -> dict[str, object]:
    """Return the names of a template's parameters with their default values.

    Raises
    ------
    NotebookError
        If the template has not exactly one cell tagged `parameters`, or that cell holds anything
        but assignments of constants.
    """
    cells = [
        cell
        for cell in read_template(path).cells
        if cell.cell_type == "code" and _TAG in cell.metadata.get("tags", [])
    ]
    if len(cells) != 1:
        raise NotebookError(
            f"{path.name}: has {len(cells)} cells tagged {_TAG!r}; tag exactly one, "
            "with one assignment a line"
        )
    defaults: dict[str, object] = {}
    try:
        statements = ast.parse(cells[0].source).body
        for statement in statements:
            name, value = _assigned(statement)
            defaults[name] = ast.literal_eval(value)
    except (SyntaxError, ValueError, TypeError):
        raise NotebookError(
            f"{path.name}: the cell tagged {_TAG!r} holds more than assignments of constants"
        ) from None
    return defaults


def _assigned(statement: ast.stmt) -> tuple[str, ast.expr]:
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        if statement.value is not None:
            return statement.target.id, statement.value
    elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id, statement.value
    raise ValueError


def _is_constant(value: object) -> bool:
    """Return whether Python's own writing of the value gives it back."""
    try:
        return bool(ast.literal_eval(repr(value)) == value)
    except (SyntaxError, ValueError):
        return False


def check_parameters(path: Path, given: Mapping[str, object]) -> None:
    """Raise unless `given` names exactly the parameters of the template, with the same types.

    Raises
    ------
    NotebookError
        Naming the template and each parameter that is unknown, not given, of another type or no
        constant.
    """
    check_given(path, parameters_of(path), given)


def check_given(path: Path, defaults: Mapping[str, object], given: Mapping[str, object]) -> None:
    """Do as `check_parameters` with a template whose own parameters are read already."""
    problems = []
    if unknown := set(given) - set(defaults):
        problems.append(f"parameter {listed(unknown)} is not known; it has {listed(defaults)}")
    if missing := set(defaults) - set(given):
        problems.append(f"parameter {listed(missing)} is not given")
    for name in sorted(set(given) & set(defaults)):
        if type(given[name]) is not type(defaults[name]):
            wanted = type(defaults[name]).__name__
            problems.append(f"parameter {name} must be of type {wanted}")
        elif not _is_constant(given[name]):
            problems.append(f"parameter {name} must be made of plain texts, numbers and lists")
    if problems:
        raise NotebookError("\n".join(f"{path.name}: {problem}" for problem in problems))
