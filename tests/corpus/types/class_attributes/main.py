"""A class-level default is replaced in the instances that store another."""


class Plain:
    def emit(self):
        return 1


class Fancy:
    def emit(self):
        return 2


class Page:
    printer = Plain()
    kind = Plain

    def emit(self):
        self.kind().emit()  # calls: Plain.emit | Fancy.emit | ext builtins.object.__init__   runs: Fancy.emit | Plain.emit
        return self.printer.emit()  # calls: Plain.emit | Fancy.emit   runs: Fancy.emit | Plain.emit


class FancyPage(Page):
    printer = Fancy()
    kind = Fancy


Page().emit()  # calls: Page.emit | ext builtins.object.__init__   runs: Page.emit
FancyPage().emit()  # calls: Page.emit | ext builtins.object.__init__   runs: Page.emit
Page.printer.emit()  # calls: Plain.emit   runs: Plain.emit
FancyPage.printer.emit()  # calls: Fancy.emit   runs: Fancy.emit
FancyPage().kind().emit()  # calls: Fancy.emit | ext builtins.object.__init__   runs: Fancy.emit
