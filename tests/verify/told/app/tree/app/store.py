import dill
import zipfile


class Store:
    def put(self, model, path):
        model.save(path)
        with open(path) as file:
            dill.dump(model, file)
        with zipfile.ZipFile(path) as archive:
            archive.write(path)

    def close(self):
        return None


class Safe(Store):
    def put(self, model, path):
        super().put(model, path)
        self.close()


def save(model):
    Store().put(model, "x")
    Safe().put(model, "y")


def load(path):
    return open(path)
