"""What Python's reader of archives raises for one that is damaged. Knows no format.

Each way of packing has an error of its own; OSError is that of bzip2.
"""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib

ARCHIVE_DAMAGES: tuple[type[Exception], ...] = (
    *(zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, EOFError, OSError),
    *(zlib.error, lzma.LZMAError, struct.error),
)
