"""Whether a part of Dateline or Airflow is well: `python healthcheck.py URL`, for the health checks of containers.

It is where the address answers with 200 and, if that is Airflow's JSON, no part of Airflow is unhealthy.
"""

import json
import sys
import urllib.request


def find_problem(url: str) -> str:
    """What is wrong; "" where nothing is."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            unwell = list_unwell(answer.read())
    except OSError as error:
        return str(error)
    return f"unhealthy: {', '.join(unwell)}" if unwell else ""


def list_unwell(body: bytes) -> list[str]:
    """The parts of Airflow that its answer calls unhealthy; none where the answer is no such JSON."""
    try:
        parts = json.loads(body)
    except ValueError:
        return []
    return [
        name for name, part in parts.items() if isinstance(part, dict) and part.get("status") == "unhealthy"
    ]


if __name__ == "__main__":
    sys.exit(find_problem(sys.argv[1]) or 0)
