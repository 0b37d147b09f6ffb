"""Airflow wiring; a file a DAG."""
