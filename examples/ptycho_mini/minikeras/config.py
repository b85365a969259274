"""Process-wide switches of the framework."""

_state = {"unsafe_deserialization": False}


def enable_unsafe_deserialization():
    """Let `load_model` build classes that the caller hands in."""
    _state["unsafe_deserialization"] = True


def is_unsafe_deserialization_enabled():
    return _state["unsafe_deserialization"]
