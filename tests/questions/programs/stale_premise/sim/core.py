class Simulator:
    def __init__(self, size, oversample=1, roi=None):
        self.size = size
        self.oversample = oversample
        self.roi = roi

    def run(self, scale=1.0):
        steps = self.oversample * self.oversample
        total = float(self.size)
        if self.roi is not None:
            total = self.crop(total)
        return total / steps * scale

    def crop(self, total):
        return total * 0.5
