"""Verify the hand-written summary of the embedded target, and compare with what was planted.

Prints what `tracer verify` says, then how many of the planted errors it called out and how many of
the right claims it refused. Exit status 0 when it called out all of them and refused none.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SUMMARY = HERE / "hand_written" / "ptycho_mini_summary.md"
EXPECTED = HERE / "hand_written" / "expected.json"
TARGET = HERE / "ptycho_mini"
BAD = {"moved", "changed", "missing", "refuted", "no path", "order only"}


def main() -> int:
    """Run the verifier as a user would: through the command line."""
    command = [sys.executable, "-m", "tracer", "verify", str(SUMMARY), "--root", str(TARGET)]
    shown = subprocess.run([*command, "--quiet"], check=False)
    if shown.returncode != 1:
        print(f"expected exit status 1, found {shown.returncode}")
        return 1
    told = subprocess.run([*command, "--json"], stdout=subprocess.PIPE, check=False)
    claims = json.loads(told.stdout)["data"]["claims"]
    refused = {claim["line"]: claim for claim in claims if claim["verdict"] in BAD}
    planted = {error["line"]: error for error in json.loads(EXPECTED.read_text("utf-8"))}
    found = [line for line in planted if line in refused]
    right = [claim for claim in claims if claim["line"] not in planted]
    wrongly = [claim for claim in right if claim["verdict"] in BAD]
    judged = [claim for claim in right if claim["verdict"] != "not judged"]
    for line in sorted(set(planted) - set(refused)):
        print(f"not called out: line {line}: {planted[line]['claim']}")
    for line in found:
        verdict = refused[line]["verdict"]
        if verdict != planted[line]["verdict"]:
            print(f"line {line}: expected {planted[line]['verdict']}, found {verdict}")
    print(
        f"{len(found)} of {len(planted)} planted errors called out; "
        f"{len(wrongly)} of {len(judged)} right claims refused"
    )
    return 0 if len(found) == len(planted) and not wrongly else 1


if __name__ == "__main__":
    sys.exit(main())
