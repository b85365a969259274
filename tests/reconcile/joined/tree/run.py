import sys

import settings
import store


def main(path):
    settings.cfg["format"] = "json"
    store.save(path, ["apple", "fig"])


if __name__ == "__main__":
    main(sys.argv[1])
