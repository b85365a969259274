"""What a builtin returns of its own receiver, items or arguments keeps their type."""


class Node:
    def run(self):
        return self


nodes = [Node()]
nodes.copy()[0].run()  # calls: Node.run | ext builtins.list.copy   runs: Node.run
(nodes + nodes)[0].run()  # calls: Node.run   runs: Node.run
table = {"a": Node()}
table.get("a").run()  # calls: Node.run | ext builtins.dict.get   runs: Node.run
for node in table.values():  # calls: ext builtins.dict.values
    node.run()  # calls: Node.run   runs: Node.run
for key, node in table.items():  # calls: ext builtins.dict.items
    node.run()  # calls: Node.run   runs: Node.run
    key.upper()  # calls: ext builtins.str.upper
for number, node in enumerate(nodes):
    node.run()  # calls: Node.run   runs: Node.run
sorted(nodes, key=id)[0].run()  # calls: Node.run   runs: Node.run
