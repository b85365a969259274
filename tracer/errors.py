"""What is the user's mistake or the target's trouble; the command line prints each on one line."""

from __future__ import annotations


class TracerError(Exception):
    """Something the user can mend: says what, where, and what was expected."""


class BriefError(TracerError):
    """A brief that cannot be read, or that asks nothing."""


class SourceError(TracerError):
    """A source tree or file that cannot be read at all."""


class TableError(TracerError):
    """A data table of the user's that does not have the expected form."""


class WorkloadError(TracerError):
    """An interpreter or a workload that cannot be started."""


class LogFormatError(TracerError):
    """A recording of another format version, or none at all."""


class BundleError(TracerError):
    """A bundle that cannot be written, read, or trusted."""


class DocumentError(TracerError):
    """A document to verify that cannot be read."""


class QueryError(TracerError):
    """A question that is put the wrong way."""


class RequestError(TracerError):
    """A request of an agent that names what it may not have, or that has another form."""
