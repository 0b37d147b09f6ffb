"""What holds for all tests."""

from hypothesis import settings

# the same examples on every machine and no stop-watch: a busy machine is no failure
settings.register_profile("dateline", derandomize=True, deadline=None)
settings.load_profile("dateline")
