"""Run one DAG once, in this process, without a scheduler: `python -m dags.run_once DAG_ID [CONF...]`.

Each CONF is a JSON object and makes one run; the run's state is printed for each. Airflow must have been
pointed at this project by its environment variables (`dateline.airflow_local`).
"""

import json
import sys
from contextlib import redirect_stdout
from pathlib import Path

from airflow.dag_processing.dagbag import DagBag


def main(dag_id: str, confs: list[str]) -> None:
    bag = DagBag(Path(__file__).parent, bundle_name="dateline")
    if bag.import_errors:
        raise SystemExit(f"the DAGs cannot be imported: {bag.import_errors}")
    for conf in confs:
        with redirect_stdout(sys.stderr):  # task logs go to standard output
            run = bag.dags[dag_id].test(run_conf=json.loads(conf))
        print(run.state.value, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:] or ["{}"])
