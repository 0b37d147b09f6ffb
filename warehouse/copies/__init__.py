"""Copies of the published tables for many readers: a lake of Parquet files, and tables in PostgreSQL."""
