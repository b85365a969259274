"""What a function gives that only users of the library call: its callback is one of several."""


class Option:
    def __init__(self, names, **attrs):
        self.callback = attrs.get("callback")

    def process(self):
        return self.callback(self)  # calls: helping.<locals>.show | confirming.<locals>.ask   runs: helping.<locals>.show


def option(*names, **attrs):
    def decorator(function):
        return Option(names, **attrs)  # calls: Option.__init__

    return decorator


def confirming(*names, **kwargs):
    def ask(given):
        return given

    kwargs.setdefault("callback", ask)  # calls: ext builtins.dict.setdefault
    return option(*names, **kwargs)  # calls: option


def helping(*names, **kwargs):
    def show(given):
        return given

    kwargs.setdefault("callback", show)  # calls: ext builtins.dict.setdefault
    return option(*names, **kwargs)  # calls: option


def main():
    found = helping("help")(main)  # calls: helping | option.<locals>.decorator
    return found.process()  # calls: Option.process


main()
