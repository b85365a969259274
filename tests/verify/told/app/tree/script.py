from app import store
from app.flow import run


def main():
    result = run(1)
    store.save(result)


def other():
    result = run(2)
    store.save(result)


def load(path):
    return store.load(path)


main()
