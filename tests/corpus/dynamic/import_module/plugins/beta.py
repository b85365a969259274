def walk():
    return 2


def prepare_beta():
    return 2


setup = prepare_beta
