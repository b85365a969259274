"""The keys of a `TypedDict` have types of their own."""

from typing import TypedDict


class Reader:
    def go(self):
        return 1


class Writer:
    def go(self):
        return 2


class Job(TypedDict):
    source: Reader
    sinks: list[Writer]


def run(job: Job):
    job["source"].go()  # later: Reader.go   runs: Reader.go
    for sink in job["sinks"]:
        sink.go()  # later: Writer.go   runs: Writer.go


run({"source": Reader(), "sinks": [Writer()]})
run(Job(source=Reader(), sinks=[]))
