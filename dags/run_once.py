"""Run DAGs in this process, without a scheduler: `python -m dags.run_once`.

Each line of standard input names a DAG and gives a JSON object, the configuration of one run; the run's
final state is printed for each. Airflow must have been pointed at this project by its environment
(`dateline.commands.local_airflow`).
"""

import json
import os
import sys
from pathlib import Path

from airflow.dag_processing.dagbag import DagBag


def main() -> None:
    states = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # Airflow logs to standard output, on which only states are wanted
    bag = DagBag(Path(__file__).parent, bundle_name="dateline")
    if bag.import_errors:
        raise SystemExit(f"the DAGs cannot be imported: {bag.import_errors}")
    for line in sys.stdin:
        dag_id, conf = line.split(" ", 1)
        run = bag.dags[dag_id].test(run_conf=json.loads(conf))
        print(run.state.value, file=states)


if __name__ == "__main__":
    main()
