#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The Python example and checks of what pyarrow sees. PYTHON names another interpreter, for instance of a virtual
# environment with pyarrow; without pyarrow the test is skipped.
set -euo pipefail
library=$1 root=$2
python=${PYTHON:-python3}
if ! "$python" -c 'import pyarrow' 2> /dev/null; then
    echo "skipped: $python has no pyarrow (python3 -m venv DIR && DIR/bin/pip install pyarrow, then PYTHON=DIR/bin/python ctest -R library/python)"
    exit 77
fi
export WEIR_LIBRARY=$library PYTHONDONTWRITEBYTECODE=1
"$python" "$root/examples/python/orders.py" | diff "$root/examples/python/orders.expected" -
PYTHONPATH="$root/examples/python" "$python" "$root/test/library/test_pyarrow.py"
