from app.flow import run


def test_run():
    run(1)


def load(path):
    return path
