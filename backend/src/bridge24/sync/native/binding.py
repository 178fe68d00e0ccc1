"""The compiled library, and its structures as ``cells.h`` describes them."""

import ctypes
from ctypes import POINTER, c_char_p, c_int64, c_uint8, c_uint32, c_uint64, c_void_p
from enum import IntEnum
from functools import lru_cache
from pathlib import Path

import structlog

BUILT = Path(__file__).parent / "libcells.so"
VERSION = 1
NO_COLUMN = 2**32 - 1

_log = structlog.get_logger(__name__)


class Kind(IntEnum):
    """How a column is read and written."""

    OTHER = 0
    KEY = 1
    WHOLE = 2
    REFERENCE = 3
    SUM = 4
    AMOUNT = 5
    CURRENCY = 6
    DOUBLE = 7
    BOOLEAN = 8
    DAY = 9
    MOMENT = 10
    TEXT = 11
    CHOICE = 12


class Field(ctypes.Structure):
    """A code that rows may name."""

    _fields_ = (("code", c_char_p), ("length", c_uint64))


class Column(ctypes.Structure):
    """A column, and which field it is made of."""

    _fields_ = (
        ("field", c_uint32),
        ("limit", c_uint32),
        ("kind", c_uint8),
        ("many", c_uint8),
    )


class Value(ctypes.Structure):
    """Scratch."""

    _fields_ = (
        ("start", c_void_p),
        ("end", c_void_p),
        ("characters", c_uint64),
        ("type", c_uint8),
        ("form", c_uint8),
    )


class Plan(ctypes.Structure):
    """What rows are like, and the memory to work in."""

    _fields_ = (
        ("fields", POINTER(Field)),
        ("columns", POINTER(Column)),
        ("field_count", c_uint32),
        ("column_count", c_uint32),
        ("values", POINTER(Value)),
        ("following", POINTER(c_uint32)),
        ("mysql", c_uint8),
    )


class Hole(ctypes.Structure):
    """A value, or a whole row, that is left to Python."""

    _fields_ = (
        ("row", c_uint64),
        ("at", c_uint64),
        ("start", c_uint64),
        ("length", c_uint64),
        ("column", c_uint32),
    )


class Typed(ctypes.Structure):
    """What was made of a list."""

    _fields_ = (
        ("text", c_void_p),
        ("text_room", c_uint64),
        ("text_length", c_uint64),
        ("ids", POINTER(c_int64)),
        ("row_room", c_uint64),
        ("holes", POINTER(Hole)),
        ("hole_room", c_uint64),
        ("hole_count", c_uint64),
    )


def opened(path: Path) -> ctypes.CDLL:
    """Open a built library.

    Raises:
        OSError: It is not there, or not for this machine, or of another version.
    """
    library = ctypes.CDLL(str(path))
    try:
        library.cells_version.restype = c_uint32
        version = library.cells_version()
    except AttributeError:
        raise OSError(f"{path} is another library") from None
    if version != VERSION:
        raise OSError(f"{path} is of version {version}, not {VERSION}")
    library.cells_typed.restype = c_int64
    library.cells_typed.argtypes = (POINTER(Plan), c_char_p, c_uint64, POINTER(Typed))
    return library


@lru_cache(maxsize=1)
def compiled() -> ctypes.CDLL | None:
    """Open the library the first time it is wanted; None where it was not built."""
    try:
        return opened(BUILT)
    except OSError as error:
        _log.warning("rows are typed slowly", reason=str(error), remedy="backend/native/build.sh")
        return None
