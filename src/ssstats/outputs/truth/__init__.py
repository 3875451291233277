"""One truth: every figure of a finished release is read back and compared with its tables."""

from ssstats.outputs.truth.checking import (
    check_release,
    compare_release,
    require_one_truth,
)
from ssstats.outputs.truth.comparing import Difference

__all__ = ["Difference", "check_release", "compare_release", "require_one_truth"]
