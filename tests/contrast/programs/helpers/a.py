# contrast: a.save
"""What a helper does for each item is the same as a loop that does it itself."""
import os
import pickle


def save(models, folder):  # trigger: same   arguments: differs   return: same
    for name, model in models.items():
        _save_one(model, os.path.join(folder, name))


def _save_one(model, place):
    with open(os.path.join(place, "model.pkl"), "wb") as file:
        pickle.dump(model, file)  # weights: same
    with open(os.path.join(place, "notes.txt"), "w") as file:
        file.write("x")  # other members: only A
