#!/usr/bin/env bash
# Runs the statements of docs/lake.md for Spark and for Hive on a lake of the sample newsroom, in a folder.
#
#   apt-get install --no-install-recommends openjdk-17-jre-headless
#   python -m venv build/spark && build/spark/bin/pip install pyspark sqlglot
#   SPARK=build/spark/bin/python tests/real/spark.sh      # PYTHON=... for another interpreter of Dateline
#
# Nothing outlives it. See README.md.
set -euo pipefail

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
PYTHON=${PYTHON:-$ROOT/.venv/bin/python}
SPARK=$(realpath --no-symlinks "${SPARK:-$ROOT/build/spark/bin/python}")

command -v java >/dev/null || { echo "java is missing; the head of this script says what to install" >&2; exit 2; }
"$SPARK" -c 'import pyspark, sqlglot' || { echo "$SPARK has no pyspark or no sqlglot" >&2; exit 2; }

FOLDER=$(mktemp -d)
trap 'rm -rf "$FOLDER"' EXIT
trap 'exit 130' INT TERM

echo "the lake ..."
(cd "$ROOT" && "$PYTHON" -m dateline demo --into "$FOLDER/home") >"$FOLDER/demo.log"
(cd "$ROOT" && DATELINE_HOME=$FOLDER/home "$PYTHON" -m dateline export --lake "$FOLDER/lake")

echo "Spark ..."
cd "$FOLDER" # Spark's Hive leaves its catalog where it runs
SPARK_LOCAL_IP=127.0.0.1 "$SPARK" - "$FOLDER/lake" "$ROOT/docs/lake.md" 2>"$FOLDER/spark.log" <<'PYTHON' || { tail -n 30 "$FOLDER/spark.log" >&2; exit 1; }
import json
import re
import sys
from pathlib import Path

import sqlglot
from pyspark.sql import SparkSession

LAKE, PAGE = sys.argv[1], Path(sys.argv[2]).read_text(encoding="utf-8")
MANIFEST = json.loads(Path(LAKE, "manifest.json").read_text(encoding="utf-8"))
TYPES = {"VARCHAR": "string", "TIMESTAMP WITH TIME ZONE": "timestamp"}


def to_hive(kind):
    if kind.endswith("[]"):
        return f"array<{to_hive(kind[:-2])}>"
    if kind.startswith("STRUCT("):
        fields = [field.split(" ", 1) for field in re.split(r", ", kind[7:-1])]
        return "struct<" + ",".join(f"{name.strip(chr(34))}:{to_hive(of)}" for name, of in fields) + ">"
    return TYPES.get(kind, kind.lower())


def find_one(pattern):
    [found] = re.findall(pattern, PAGE, re.DOTALL)
    return found


def open_spark():
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .enableHiveSupport()
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("OFF")
    return spark


def read_columns(frame, names):
    """The values of each column, sorted as they are written."""
    rows = frame.select(*names).collect()
    return {name: sorted(repr(row[name]) for row in rows) for name in names}


def check(what, found, expected):
    print("ok  " if found == expected else "FAIL", what, flush=True)
    return found == expected


results = []
spark = open_spark()
program = find_one(r"\*\*Spark\.\*\*.*?```python\n(.*?)```").replace("s3a://bucket/lake", LAKE)
by_day = find_one(r"(CREATE EXTERNAL TABLE events_by_day .*?);")
for table, columns in MANIFEST["columns"].items():
    kinds = dict(columns)
    rows = sum(day["rows"] for day in MANIFEST["tables"][table].values())
    names = {"spark": spark}
    exec(program.replace("/events", f"/{table}"), names)
    truth = read_columns(names["events"], [*kinds, "day"])
    results.append(check(f"{table}, by the list: {rows} rows", len(truth["day"]), rows))
    frame = spark.read.parquet(f"{LAKE}/{table}")
    results.append(check(f"{table}, by the folders", read_columns(frame, [*kinds, "day"]), truth))
    statement = re.sub(
        r"events_by_day \(.*?\)\n",
        lambda _: f"{table}_by_day ({', '.join(f'`{name}` {to_hive(kind)}' for name, kind in kinds.items())})\n",
        by_day.replace("s3://bucket/lake/events", f"{LAKE}/{table}"),
        flags=re.DOTALL,
    )
    spark.sql(statement)
    spark.sql(f"MSCK REPAIR TABLE {table}_by_day")
    frame = spark.table(f"{table}_by_day")
    results.append(check(f"{table}, a table by day", read_columns(frame, [*kinds, "day"]), truth))
spark.conf.set("spark.sql.hive.convertMetastoreParquet", "false")
for table, columns in MANIFEST["columns"].items():
    others = [name for name, kind in dict(columns).items() if not kind.startswith("TIMESTAMP")]
    truth = read_columns(spark.read.parquet(f"{LAKE}/{table}"), [*others, "day"])
    frame = spark.table(f"{table}_by_day")
    results.append(check(f"{table}, by Hive's own reader, without times", read_columns(frame, [*others, "day"]), truth))

symlinks = find_one(r"(CREATE EXTERNAL TABLE events \(.*?);")
external = find_one(r"(CREATE EXTERNAL TABLE news.events.*?);")
for dialect, statement in (("athena", symlinks), ("athena", by_day), ("bigquery", external)):
    kind = type(sqlglot.parse_one(statement, dialect=dialect)).__name__
    results.append(check(f"a statement of {dialect} is read", kind, "Create"))
raise SystemExit(0 if all(results) else 1)
PYTHON
