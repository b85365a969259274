class Simulator:
    def __init__(self, size, oversample=1, beam=1.0, normalise=True):
        self.size = size
        self.oversample = oversample
        self.beam = beam
        self.normalise = normalise

    def raw(self):
        output = self.size * self.oversample * self.beam
        if self.normalise:
            output = output / self.oversample
        return output
