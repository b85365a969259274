"""One set of exit statuses for every command but `trace`."""

ANSWERED = 0  # gaps and unknowns that are stated are no failure
CONTRADICTED = 1  # something is refuted, contradicts or fails verification
WRONG_INPUT = 2  # the brief or the command is wrong
STOPPED = 3  # by the time budget or a signal; what was gathered is kept and labelled
