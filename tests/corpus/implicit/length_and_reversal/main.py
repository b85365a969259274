"""`len`, `reversed`, `bool` and `in` run methods of the container."""


class Deck:
    def __len__(self):
        return 2

    def __reversed__(self):
        return iter(())

    def __contains__(self, card):
        return False


class Ring:
    def __len__(self):
        return 1

    def __getitem__(self, index):
        return 5


deck = Deck()
len(deck)  # implicit: Deck.__len__   runs: Deck.__len__
reversed(deck)  # implicit: Deck.__reversed__   runs: Deck.__reversed__
bool(deck)  # implicit: Deck.__len__   runs: Deck.__len__
1 in deck  # implicit: Deck.__contains__   runs: Deck.__contains__
1 not in deck  # implicit: Deck.__contains__   runs: Deck.__contains__
list(reversed(Ring()))  # implicit: Ring.__getitem__ | Ring.__len__   runs: Ring.__getitem__ | Ring.__len__
len([1])  # implicit: none
1 in [1]  # implicit: none
