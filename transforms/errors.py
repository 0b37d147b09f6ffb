"""The one exception tree. An item's failure is data (a `Rejection`); a batch's failure is one of these."""

import errno


class DatelineError(Exception):
    """Anything Dateline raises on purpose; the message says what to do about it."""


class Transient(DatelineError):
    """Worth trying again later: a busy lock, a full disk, a network that is away."""


class Permanent(DatelineError):
    """Trying again changes nothing: bad input, a bad setting, a file of a newer version."""


def is_full_disk(error: BaseException) -> bool:
    """Whether there is no room on the disk, in a quota, or below the largest size of a file."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
