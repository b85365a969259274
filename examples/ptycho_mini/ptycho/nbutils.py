"""Helpers for notebooks and workflows."""

from ptycho import params


def reconstruct_image(test_data, diffraction_to_obj=None):
    """Predict all patches of a container, and return them with their positions."""
    if diffraction_to_obj is None:
        from ptycho import model

        diffraction_to_obj = model.diffraction_to_obj
    patches = diffraction_to_obj.predict(test_data.X * params.get("intensity_scale"))
    return patches, test_data.global_offsets
