from model.lattice import reciprocal


class Image:
    def __init__(self, length):
        self.star = reciprocal(length)
        self.cache = {}

    def intensity(self):
        self.cache["star"] = self.star
        return self.star * self.star
