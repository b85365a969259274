"""Builtins that take an iterable iterate over it: `list`, `zip`, `any`, `join`, `dict`, `extend`."""


class Words:
    def __iter__(self):
        return iter(["a", "b"])


words = Words()
list(words)  # implicit: Words.__iter__   runs: Words.__iter__
tuple(zip(words, [1, 2]))  # implicit: Words.__iter__   runs: Words.__iter__
any(words)  # implicit: Words.__iter__   runs: Words.__iter__
", ".join(words)  # implicit: Words.__iter__   runs: Words.__iter__
dict.fromkeys(words)  # implicit: Words.__iter__   runs: Words.__iter__
list(enumerate(words))  # implicit: Words.__iter__   runs: Words.__iter__
found = []
found.extend(words)  # implicit: Words.__iter__   runs: Words.__iter__
found += words  # implicit: Words.__iter__   runs: Words.__iter__
found.append(words)  # implicit: none
isinstance(words, list)  # implicit: none
