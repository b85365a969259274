def run():
    return 1


def prepare_alpha():
    return 1


setup = prepare_alpha
