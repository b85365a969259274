cfg = {"name": "weights"}
