"""A computed name with a constant part limits what `getattr` can find."""


class Commands:
    def do_start(self):
        return 1

    def do_stop(self):
        return 2

    def undo_all(self):
        return 3

    def run(self, word):
        getattr(self, "do_" + word)()  # calls: Commands.do_start | Commands.do_stop   runs: Commands.do_start | Commands.do_stop
        getattr(self, f"do_{word}")()  # calls: Commands.do_start | Commands.do_stop   runs: Commands.do_start | Commands.do_stop
        getattr(self, "do_%s" % word)()  # calls: Commands.do_start | Commands.do_stop   runs: Commands.do_start | Commands.do_stop


def words(text):
    return text.split()


for word in words("start stop"):
    Commands().run(word)
Commands().undo_all()  # calls: Commands.undo_all | ext builtins.object.__init__   runs: Commands.undo_all
