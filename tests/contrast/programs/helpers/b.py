# contrast: b.save
import os
import pickle


def save(all_models, folder):  # trigger: same   arguments: differs   return: same
    for label, each in all_models.items():
        with open(os.path.join(folder, label, "model.pkl"), "wb") as file:
            pickle.dump(each, file)  # weights: same
