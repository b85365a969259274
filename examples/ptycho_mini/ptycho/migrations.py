"""Parameters as older versions wrote them, brought up to date; the version names the function."""


def from_0_9(loaded):
    """Version 0.9 kept the group's side as `n_side`."""
    migrated = dict(loaded)
    if "n_side" in migrated:
        migrated["gridsize"] = migrated.pop("n_side")
    return migrated


def from_1_0(loaded):
    """The version that `ModelManager.save_model` writes."""
    return loaded
