"""The one exception tree. An item's failure is data (a `Rejection`); a batch's failure is one of these."""


class DatelineError(Exception):
    """Anything Dateline raises on purpose; the message says what to do about it."""


class Transient(DatelineError):
    """Worth trying again later: a busy lock, a full disk, a network that is away."""


class Permanent(DatelineError):
    """Trying again changes nothing: bad input, a bad setting, a file of a newer version."""
