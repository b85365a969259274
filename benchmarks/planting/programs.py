"""Programs that run in the trees, so that a recording can say what was called."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tracer.dynamic.recording import read_recording
from tracer.model.recording import Recording

_EMAIL = """
from email import message_from_string, policy
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

text = "From: a <a@x.org>\\nTo: b@y.org, c <c@y.org>\\nSubject: =?utf-8?q?h=C3=A4?=\\n\\nbody\\n"
for how in (policy.default, policy.compat32):
    message = message_from_string(text, policy=how)
    print(str(message["to"]), message.get_content_type(), len(message.as_string()))
made = EmailMessage()
made["To"] = "d <d@z.org>"
made.set_content("äöü\\n")
made.add_attachment(b"1", maintype="a", subtype="b")
print(len(made.as_bytes()))
whole = MIMEMultipart()
whole.attach(MIMEText("x"))
print(len(whole.as_string()), list(part.get_filename() for part in whole.walk()))
"""
_TEXTS = """
import html, html.parser, json, logging, logging.handlers

class Parser(html.parser.HTMLParser):
    def handle_data(self, data):
        print(data.strip())

Parser().feed("<p class='a'>x &amp; y</p><!-- c --><br/>")
print(json.dumps({"a": [1, 2.5, None, "ä"]}, indent=2), json.loads('{"a": [1, {"b": null}]}'))
print(html.escape("<a>"), html.unescape("&lt;"))
log = logging.getLogger("a.b")
logging.basicConfig(format="%(message)s", level=logging.INFO)
log.addHandler(logging.handlers.MemoryHandler(1))
log.info("one %d", 1)
log.warning("two")
"""
_TOOLS = """
import argparse, configparser, io, zipfile

parser = argparse.ArgumentParser(prog="p")
sub = parser.add_subparsers(dest="what")
one = sub.add_parser("one", help="x")
one.add_argument("--n", type=int, default=3)
one.add_argument("rest", nargs="*")
print(parser.parse_args(["one", "--n", "4", "a", "b"]), parser.format_help()[:9])
config = configparser.ConfigParser()
config.read_string("[a]\\nx = 1\\ny = %(x)s2\\n")
print(config.get("a", "y"), config.getint("a", "x"))
config.write(io.StringIO())
file = io.BytesIO()
with zipfile.ZipFile(file, "w") as archive:
    archive.writestr("a.txt", "x")
with zipfile.ZipFile(file) as archive:
    print(archive.namelist(), archive.read("a.txt"), archive.testzip())
"""
_XML = """
import io, plistlib
import xml.dom.minidom, xml.etree.ElementTree as tree, xml.sax

root = tree.fromstring("<a><b c='1'>x</b></a>")
print(root.find("b").text, tree.tostring(root), [e.tag for e in root.iter()])
document = xml.dom.minidom.parseString("<a><b/></a>")
print(document.toprettyxml()[:9], len(document.getElementsByTagName("b")))
xml.sax.parseString(b"<a/>", xml.sax.ContentHandler())
print(plistlib.loads(plistlib.dumps({"a": [1, True, "x"]})))
"""
PROGRAMS = {
    "ptycho_mini": ("ptycho,minikeras,scripts", "scripts/mock_train.py", ""),
    "email": ("email", "drive.py", _EMAIL),
    "logging, json, html": ("logging,json,html", "drive.py", _TEXTS),
    "argparse, configparser, zipfile": ("argparse,configparser,zipfile", "drive.py", _TOOLS),
    "xml, plistlib": ("xml,plistlib", "drive.py", _XML),
}


def record(name: str, root: Path, out: Path) -> tuple[Recording, ...]:
    """Run the program of a tree under the probe; no recording where it has none, or it failed.

    Programs of Python's own packages are written beside the copies that they import.
    """
    if name not in PROGRAMS:
        return ()
    namespaces, script, text = PROGRAMS[name]
    if text:
        (root / script).write_text(text.lstrip(), "utf-8")
    command = [sys.executable, "-m", "tracer", "trace", "--root", str(root)]
    command += ["--namespace", namespaces, "-o", str(out), "--", str(root / script)]
    done = subprocess.run(command, cwd=out.parent, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr.strip()[-300:]}")
    return (read_recording(out),)
