"""`python run_tests.py PROJECT [ARGUMENT..]`: runs a project's tests and prints one line of JSON.

The tests are those in the project's folder `tests`, unless an argument names others; arguments
are pytest's. Modules are found in the project's folder and in its `src`.
"""

import os
import sys
from collections import Counter

import reported


class _Outcomes:
    """Counts how the tests ended."""

    def __init__(self) -> None:
        self.found: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: object) -> None:
        if report.when == "call" or report.outcome != "passed":  # type: ignore[attr-defined]
            self.found[report.outcome] += 1  # type: ignore[attr-defined]


def main() -> None:
    import pytest

    project = os.path.abspath(sys.argv[1])
    sys.path[1:1] = [os.path.join(project, "src"), project]
    arguments = sys.argv[2:]
    if not any(os.path.exists(os.path.join(project, word.split("::")[0])) for word in arguments):
        arguments.append(os.path.join(project, "tests"))
    outcomes = _Outcomes()

    def body() -> dict[str, int]:
        quiet = ["-qq", "--no-header", "--no-summary", "--tb=no", "-p", "no:cacheprovider"]
        os.chdir(project)
        stdout = os.dup(1)
        os.dup2(2, 1)  # what pytest prints has times in it
        try:
            status = int(pytest.main([*quiet, *arguments], plugins=[outcomes]))
        finally:
            sys.stdout.flush()
            os.dup2(stdout, 1)
        return {"status": status, **dict(sorted(outcomes.found.items()))}

    reported.report(body)


if __name__ == "__main__":
    main()
