# SPDX-License-Identifier: Apache-2.0
"""libweir in Python: ctypes for the calls, pyarrow for the data, which crosses without being copied.

    import weir, pyarrow as pa
    session = weir.Session()
    session.register("orders", pa.table({"product": ["tea", "coat"], "amount": [4, 2]}))
    table = session.execute("SELECT product, amount * 2 AS twice FROM orders").read_all()

The library is found by the linker's name libweir.so.0, or where WEIR_LIBRARY says.
"""
import ctypes
import os

import pyarrow as pa

_library = ctypes.CDLL(os.environ.get("WEIR_LIBRARY", "libweir.so.0"))
_handle = ctypes.c_void_p


class _Stream(ctypes.Structure):
    """struct ArrowArrayStream: five pointers; only where it lies matters here."""
    _fields_ = [(name, ctypes.c_void_p) for name in ("get_schema", "get_next", "get_last_error", "release", "private_data")]


class Error(Exception):
    """What the library says, with the position in the SQL text: line and column, both from 1 (0: nowhere)."""

    def __init__(self, error):
        super().__init__(_library.weir_error_text(error).decode())
        self.status = _library.weir_status_name(_library.weir_error_status(error)).decode()
        self.message = _library.weir_error_message(error).decode()
        self.hint = _library.weir_error_hint(error).decode()
        self.line, self.column = _library.weir_error_line(error), _library.weir_error_column(error)


def _declare(name, result, *arguments):
    function = getattr(_library, name)
    function.restype, function.argtypes = result, arguments


for _name in ("text", "message", "hint"):
    _declare(f"weir_error_{_name}", ctypes.c_char_p, _handle)
_declare("weir_error_status", ctypes.c_int, _handle)
_declare("weir_error_line", ctypes.c_uint32, _handle)
_declare("weir_error_column", ctypes.c_uint32, _handle)
_declare("weir_error_free", None, _handle)
_declare("weir_status_name", ctypes.c_char_p, ctypes.c_int)
_declare("weir_version", ctypes.c_char_p)
_out = ctypes.POINTER(_handle)
_declare("weir_session_new", ctypes.c_int, _out, _out)
_declare("weir_session_free", None, _handle)
_declare("weir_session_register", ctypes.c_int, _handle, ctypes.c_char_p, ctypes.POINTER(_Stream), _out)
_declare("weir_session_register_data", ctypes.c_int, _handle, ctypes.c_char_p, ctypes.POINTER(_Stream), _out)
_declare("weir_execute", ctypes.c_int, _handle, ctypes.c_char_p, _out, _out)
_declare("weir_result_free", None, _handle)
_declare("weir_result_has_rows", ctypes.c_int, _handle)
_declare("weir_result_updates", ctypes.c_int, _handle)
_declare("weir_result_changelog", ctypes.c_int, _handle, _out)
_declare("weir_result_stream", ctypes.c_int, _handle, ctypes.POINTER(_Stream), _out)
_declare("weir_result_finish", ctypes.c_int, _handle, _out)
_declare("weir_result_cancel", None, _handle)
_declare("weir_result_stop", None, _handle)


def _check(function, *arguments):
    error = _handle()
    if function(*arguments, ctypes.byref(error)) != 0:
        try:
            raise Error(error)
        finally:
            _library.weir_error_free(error)


class Result:
    """Rows that are made while they are read. A statement without rows has been run to its end already."""

    def __init__(self, handle):
        self._handle = handle

    def __del__(self):
        _library.weir_result_free(self._handle)

    @property
    def updates(self):
        """Do rows change later? Then reader() gives the final table, reader(changelog=True) each change."""
        return bool(_library.weir_result_updates(self._handle))

    def reader(self, changelog=False):
        """A pyarrow.RecordBatchReader: batches arrive while the query runs."""
        if changelog:
            _check(_library.weir_result_changelog, self._handle)
        stream = _Stream()
        _check(_library.weir_result_stream, self._handle, ctypes.byref(stream))
        return pa.RecordBatchReader._import_from_c(ctypes.addressof(stream))

    def read_all(self, changelog=False):
        return self.reader(changelog).read_all()

    def cancel(self):
        """From any thread: whoever reads gets an error."""
        _library.weir_result_cancel(self._handle)


class Session:
    """Settings, tables and views. One thread at a time."""

    def __init__(self):
        self._handle = _handle()
        _check(_library.weir_session_new, ctypes.byref(self._handle))

    def __del__(self):
        _library.weir_session_free(self._handle)

    def register(self, name, data):
        """A pyarrow table, or whatever has __arrow_c_stream__, as a table; a RecordBatchReader is read once."""
        once = isinstance(data, pa.RecordBatchReader)
        reader = data if once else pa.RecordBatchReader.from_stream(data)
        stream = _Stream()
        reader._export_to_c(ctypes.addressof(stream))
        register = _library.weir_session_register if once else _library.weir_session_register_data
        _check(register, self._handle, name.encode(), ctypes.byref(stream))

    def execute(self, sql):
        """Runs a text of one or more statements; the result is the last one's."""
        handle = _handle()
        _check(_library.weir_execute, self._handle, sql.encode(), ctypes.byref(handle))
        result = Result(handle)
        if not _library.weir_result_has_rows(handle):
            _check(_library.weir_result_finish, handle)
        return result


def version():
    return _library.weir_version().decode()
