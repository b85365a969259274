"""A visitor picks its method by the name of the node's class, with a fallback."""


class Number:
    value = 1


class Add:
    def __init__(self, left, right):
        self.left = left
        self.right = right


class Visitor:
    def visit(self, node):
        method = getattr(self, "visit_" + type(node).__name__, self.generic_visit)
        return method(node)  # calls: Printer.visit_Add | Printer.visit_Number | Visitor.generic_visit   runs: Printer.visit_Add | Printer.visit_Number | Visitor.generic_visit

    def generic_visit(self, node):
        return None


class Printer(Visitor):
    def visit_Number(self, node):
        return str(node.value)

    def visit_Add(self, node):
        return self.visit(node.left) + self.visit(node.right)  # calls: Visitor.visit   runs: Visitor.visit

    def visitor_count(self):
        return 1


Printer().visit(Add(Number(), Number()))  # calls: Visitor.visit | Add.__init__ | ext builtins.object.__init__   runs: Add.__init__ | Visitor.visit
Printer().visit("text")  # calls: Visitor.visit | ext builtins.object.__init__   runs: Visitor.visit
