from ..cart import pay


def dive():
    return pay()  # calls: pay   runs: pay
