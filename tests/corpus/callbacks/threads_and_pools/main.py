"""A thread's target and what a pool is given run there, with the arguments handed over."""

from concurrent.futures import ThreadPoolExecutor
from threading import Thread


class Job:
    def work(self):
        return self

    def run_all(self):
        thread = Thread(target=self.work)  # calls: ext threading.Thread
        thread.start()  # calls: Job.work | ext threading.Thread.start
        thread.join()


class Worker(Thread):
    def run(self):
        helper()  # calls: helper


def helper():
    return 1


def task(job, then):
    job.work()  # later: Job.work
    then()  # later: helper
    return job


Job().run_all()  # calls: Job.run_all | ext builtins.object.__init__   runs: Job.run_all
worker = Worker()
worker.start()
worker.join()
with ThreadPoolExecutor() as pool:
    future = pool.submit(task, Job(), then=helper)  # calls: task | ext builtins.object.__init__ | ext concurrent.futures.ThreadPoolExecutor.submit
    job = future.result()
    job.work()  # later: Job.work   runs: Job.work
