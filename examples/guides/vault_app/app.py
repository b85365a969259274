"""Keep settings in a vault, and read them back. The library `vault` exists nowhere."""

import vault


def keep(settings):
    box = vault.connect("settings")
    for name, value in settings.items():
        box.store(name, value)


def steps():
    return vault.connect("settings").load("steps")


def main():
    keep({"rate": 0.1, "steps": 3})
    if steps() > 2:
        print("many steps")
    else:
        print("few steps")


if __name__ == "__main__":
    main()
