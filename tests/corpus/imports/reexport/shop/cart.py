class Cart:
    def __init__(self):
        self.items = []

    def add(self):
        return self


def pay():
    return 0
