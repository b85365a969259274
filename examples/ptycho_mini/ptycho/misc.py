"""Small helpers."""

import functools
import logging

logger = logging.getLogger(__name__)


def debug(function):
    """Log that a function starts and ends, and nothing that differs from run to run."""

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        logger.debug("enter %s", function.__name__)
        result = function(*args, **kwargs)
        logger.debug("leave %s", function.__name__)
        return result

    return wrapper
