"""The steps that join the rooms: one function an Airflow task, the same functions behind the command line.

A step takes the context and its batch's folder, reads the records that earlier steps left there, and leaves
its own; it can be killed at any point and run again. `docs/design.md` lists what each reads and writes.
"""
