"""A base's method calls the steps of the classes that are there; the abstract ones do not run."""

from abc import ABC, abstractmethod


class Job(ABC):
    def run(self):
        self.prepare()  # calls: Job.prepare | Upload.prepare   runs: Job.prepare | Upload.prepare
        return self.step()  # calls: Clean.step | Upload.step   runs: Clean.step | Upload.step

    def prepare(self):
        return 0

    @abstractmethod
    def step(self):
        raise NotImplementedError

    @property
    @abstractmethod
    def title(self): ...

    def report(self):
        return self.title  # unseen: Clean.title | Upload.title   runs: Clean.title | Upload.title


class Upload(Job):
    @property
    def title(self):
        return "upload"

    def prepare(self):
        return 1

    def step(self):
        return 2


class Clean(Job):
    @property
    def title(self):
        return "clean"

    def step(self):
        return 3


for job in [Upload(), Clean()]:
    job.run()  # calls: Job.run   runs: Job.run
    job.report()  # calls: Job.report   runs: Job.report
