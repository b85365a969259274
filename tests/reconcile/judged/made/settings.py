import os

cfg = {}
cfg["mode"] = os.environ.get("MODE")
os.environ["SEEN"] = "1"
if False:
    cfg["never"] = 1
