"""An exception handler has the classes it names; what was raised keeps its attributes."""


class Problem(Exception):
    def __init__(self, report):
        super().__init__(report)
        self.report = report

    def explain(self):
        return self.report.text()  # calls: Report.text   runs: Report.text


class Other(Exception):
    def explain(self):
        return 2


class Report:
    def text(self):
        return 1


def fail():
    raise Problem(Report())  # calls: Problem.__init__ | ext builtins.object.__init__   runs: Problem.__init__


for kind in (1, 2):
    try:
        if kind == 1:
            fail()
        raise Other("x")
    except Problem as error:
        error.explain()  # calls: Problem.explain   runs: Problem.explain
        error.report.text()  # calls: Report.text   runs: Report.text
    except Other as error:
        error.explain()  # calls: Other.explain   runs: Other.explain
