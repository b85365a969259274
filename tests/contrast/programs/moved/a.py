# contrast: a.save
"""The same program further down in its file is the same program."""
import os
import zipfile

import settings


def rename(name):
    settings.cfg["name"] = name


def save(text, folder):  # trigger: same   arguments: same   return: same
    place = os.path.join(folder, settings.cfg["name"] + ".zip")  # configuration: same
    with zipfile.ZipFile(place, "w") as archive:  # archive: same   archive path: same
        archive.writestr("notes.txt", text)  # other members: same
