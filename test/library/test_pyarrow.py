# SPDX-License-Identifier: Apache-2.0
"""What pyarrow makes of results and inputs: every type, nulls, and that buffers are read in place."""
import ctypes
import datetime
import decimal
import threading

import pyarrow as pa

import weir

UTC = datetime.timezone.utc


def one(session, expression):
    table = session.execute(f"SELECT {expression} AS v").read_all()
    assert table.num_rows == 1, table
    return table.schema.field(0).type, table.column(0)[0].as_py()


def check_types():
    session = weir.Session()
    session.execute("SET 'table.local-time-zone' = 'Europe/Berlin'")
    cases = [
        ("TRUE", pa.bool_(), True),
        ("CAST(-7 AS TINYINT)", pa.int8(), -7),
        ("CAST(-700 AS SMALLINT)", pa.int16(), -700),
        ("42", pa.int32(), 42),
        ("CAST(1 AS BIGINT) * 9000000000", pa.int64(), 9000000000),
        ("CAST(1.5 AS FLOAT)", pa.float32(), 1.5),
        ("CAST(0.1 AS DOUBLE)", pa.float64(), 0.1),
        ("CAST(-12.34 AS DECIMAL(10, 2))", pa.decimal128(10, 2), decimal.Decimal("-12.34")),
        ("CAST('123456789012345678901234567.891' AS DECIMAL(38, 3))", pa.decimal128(38, 3), decimal.Decimal("123456789012345678901234567.891")),
        ("DATE '2024-02-29'", pa.date32(), datetime.date(2024, 2, 29)),
        ("TIME '12:34:56'", pa.time32("ms"), datetime.time(12, 34, 56)),
        ("TIMESTAMP '1969-12-31 23:59:59.123'", pa.timestamp("us"), datetime.datetime(1969, 12, 31, 23, 59, 59, 123000)),
        ("TO_TIMESTAMP_LTZ(0, 3)", pa.timestamp("us", "Europe/Berlin"), datetime.datetime(1970, 1, 1, tzinfo=UTC)),
        ("'naïve text that is longer than a short one'", pa.string(), "naïve text that is longer than a short one"),
        ("X'00ff10'", pa.binary(), b"\x00\xff\x10"),
        ("ARRAY[1, CAST(NULL AS INT), 3]", pa.list_(pa.field("item", pa.int32())), [1, None, 3]),
        ("MAP['a', 1, 'b', 2]", None, [("a", 1), ("b", 2)]),
        ("ROW(1, 'x')", None, {"EXPR$0": 1, "EXPR$1": "x"}),
        ("CAST(NULL AS ROW<a INT, b ARRAY<STRING>>)", None, None),
        ("ARRAY[ROW(1, MAP['k', ARRAY[TRUE]])]", None, [{"EXPR$0": 1, "EXPR$1": [("k", [True])]}]),
        ("CAST(NULL AS DECIMAL(5, 1))", pa.decimal128(5, 1), None),
        ("INTERVAL '3' DAY", pa.duration("ms"), datetime.timedelta(days=3)),
    ]
    for expression, wanted_type, wanted in cases:
        got_type, got = one(session, expression)
        assert wanted_type is None or got_type == wanted_type, (expression, got_type, wanted_type)
        assert got == wanted, (expression, got, wanted)
    nanos = session.execute("SELECT CAST('2024-01-01 00:00:00.123456789' AS TIMESTAMP(9)) AS v").read_all()
    assert nanos.schema.field(0).type == pa.timestamp("ns"), nanos.schema
    assert nanos.column(0)[0].value == 1704067200123456789


def wide_table():
    n = 5000
    return pa.table({
        "i8": pa.array([(i % 200) - 100 for i in range(n)], pa.int8()),
        "u8": pa.array([i % 256 for i in range(n)], pa.uint8()),
        "u32": pa.array([4000000000 + i for i in range(n)], pa.uint32()),
        "u64": pa.array([2 ** 63 + i for i in range(n)], pa.uint64()),
        "i64": pa.array([None if i % 7 == 0 else i * 10 ** 9 for i in range(n)], pa.int64()),
        "f": pa.array([i / 3 for i in range(n)], pa.float64()),
        "flag": pa.array([None if i % 11 == 0 else i % 2 == 0 for i in range(n)]),
        "text": pa.array([None if i % 5 == 0 else "t" * (i % 40) for i in range(n)]),
        "large": pa.array([f"large {i}" for i in range(n)], pa.large_string()),
        "d": pa.array([decimal.Decimal(i) / 100 for i in range(n)], pa.decimal128(12, 2)),
        "day": pa.array([datetime.date(2000, 1, 1) + datetime.timedelta(i) for i in range(n)]),
        "at": pa.array([datetime.datetime(2000, 1, 1) + datetime.timedelta(milliseconds=i) for i in range(n)], pa.timestamp("ms")),
        "ns": pa.array([i * 1003000 for i in range(n)], pa.timestamp("ns")),
        "ltz": pa.array([i for i in range(n)], pa.timestamp("s", "UTC")),
        "noon": pa.array([datetime.time(12, 0, i % 60) for i in range(n)], pa.time64("us")),
        "list": pa.array([None if i % 3 == 0 else list(range(i % 4)) for i in range(n)]),
        "words": pa.array([["a"] * (i % 3) for i in range(n)], pa.large_list(pa.string())),
        "row": pa.array([None if i % 13 == 0 else {"x": i, "y": str(i)} for i in range(n)]),
        "map": pa.array([[("k", i)] for i in range(n)], pa.map_(pa.string(), pa.int64())),
        "pair": pa.array([[i, i + 1] for i in range(n)], pa.list_(pa.int32(), 2)),
        "kind": pa.array([("red", "green", None)[i % 3] for i in range(n)]).dictionary_encode(),
        "fixed": pa.array([b"%04d" % i for i in range(n)], pa.binary(4)),
    })


def check_inputs():
    table = wide_table()
    session = weir.Session()
    wanted = table.to_pylist()
    for sliced in (table, pa.concat_tables([table.slice(0, 3), table.slice(3, 2500), table.slice(2503)])):
        session.execute("DROP TEMPORARY TABLE IF EXISTS wide")
        session.register("wide", sliced)
        got = session.execute("SELECT * FROM wide").read_all().to_pylist()
        for i, row in enumerate(wanted):
            row = dict(row, u64=decimal.Decimal(row["u64"]))
            assert got[i] == row, (i, got[i], row)
    session.execute("DROP TEMPORARY TABLE wide")
    session.register("wide", table)
    folded = session.execute("SELECT kind, COUNT(*) AS c, SUM(i64) AS s FROM wide GROUP BY kind").read_all().to_pylist()
    assert {row["kind"]: row["c"] for row in folded} == {"red": 1667, "green": 1667, None: 1666}, folded


class ArrowArray(ctypes.Structure):
    pass


ArrowArray._fields_ = [("length", ctypes.c_int64), ("null_count", ctypes.c_int64), ("offset", ctypes.c_int64), ("n_buffers", ctypes.c_int64),
                       ("n_children", ctypes.c_int64), ("buffers", ctypes.POINTER(ctypes.c_void_p)), ("children", ctypes.POINTER(ctypes.POINTER(ArrowArray))),
                       ("dictionary", ctypes.c_void_p), ("release", ctypes.c_void_p), ("private_data", ctypes.c_void_p)]


def check_no_copy():
    """The addresses that the library hands out are those that pyarrow reads."""
    library = weir._library
    session = weir.Session()
    session.register("numbers", pa.table({"n": list(range(3000)), "s": [f"text number {i}" for i in range(3000)]}))
    result = session.execute("SELECT n, s FROM numbers")
    schema, array = (ctypes.c_char * 72)(), ArrowArray()
    weir._check(library.weir_result_schema, result._handle, ctypes.byref(schema))
    weir._check(library.weir_result_next, result._handle, ctypes.byref(array))
    ours = [[array.children[c].contents.buffers[b] for b in range(array.children[c].contents.n_buffers)] for c in range(2)]
    batch = pa.RecordBatch._import_from_c(ctypes.addressof(array), ctypes.addressof(schema))
    theirs = [[None if b is None else b.address for b in column.buffers()] for column in batch.columns]
    assert ours == theirs and ours[0][1] is not None, (ours, theirs)
    del session, result
    assert batch.column(0)[5].as_py() == 5 and batch.column(1)[7].as_py() == "text number 7"


def check_once_and_cancel():
    session = weir.Session()
    data = pa.table({"n": [1]})
    session.register("kept", pa.concat_tables([data, data]))
    for _ in range(3):
        assert session.execute("SELECT a.n FROM kept AS a UNION ALL SELECT n FROM kept").read_all().num_rows == 4
    session.register("t", data.to_reader())
    assert session.execute("SELECT n FROM t").read_all().num_rows == 1
    try:
        session.execute("SELECT n FROM t").read_all()
        raise AssertionError("a stream was read twice")
    except (OSError, pa.ArrowException) as error:
        assert "read already" in str(error), error
    session.execute("CREATE TABLE endless (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '10')")
    result = session.execute("SELECT n FROM endless")
    threading.Timer(0.3, result.cancel).start()
    try:
        for _ in result.reader():
            pass
        raise AssertionError("a cancelled query ended well")
    except (OSError, pa.ArrowException) as error:
        assert "cancelled" in str(error), error


check_types()
check_inputs()
check_no_copy()
check_once_and_cancel()
print("pyarrow", pa.__version__, "agrees")
