"""Alerts: what is new in the warehouse, sent by mail, to a service, to a command or into a file."""
