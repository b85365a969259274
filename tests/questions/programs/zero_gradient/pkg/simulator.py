from pkg.crystal import Crystal


class Simulator:
    def __init__(self, crystal):
        self.crystal = crystal

    def run(self):
        volume = self.crystal.volume()
        stars = self.crystal.reciprocal()
        unused = stars + 1
        return (volume * stars).sum()


def build(config):
    return Simulator(Crystal(config))
