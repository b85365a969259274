"""Module-level code calls too, under its guard."""

import sys

save_model = len(sys.argv) < 100


def save():
    return 1


if save_model:
    save()  # calls: save   caller: <module>   guard: if save_model   runs: save


class Config:
    path = save()  # calls: save   caller: Config   runs: save


if __name__ == "__main__":
    save()  # calls: save   guard: if __name__ == "__main__"   runs: save
else:
    save()  # calls: save   guard: else __name__ == "__main__"
