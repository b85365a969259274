import model


def test_it():
    model.limit = 4  # effects: state.write model.limit
    model.build = len  # effects: state.write model.build
