"""A page as a person sees it: keys, clicks, and what is in the viewport."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any


class Visit:
    """One tab with one page, with everything that went wrong noted."""

    def __init__(self, page: Any, path: Path) -> None:
        self.page = page
        self.path = path
        self.requests: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "console",
            lambda message: (
                message.type in ("error", "warning") and self.errors.append(message.text)
            ),
        )

    def open(self, fragment: str = "") -> None:
        """Load the page anew, at this fragment, until it is painted."""
        self.page.goto("about:blank")
        self.requests.clear()
        self.page.goto(self.path.as_uri() + fragment)
        self.page.wait_for_selector("html[data-painted=yes]")

    def find(self, text: str) -> None:
        """Three interactions: `/`, the text, Enter."""
        before = self.page.evaluate("location.hash")
        self.page.keyboard.press("/")
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")
        self.page.wait_for_function("(before) => location.hash !== before", arg=before)

    def body(self) -> str:
        """The text of the pane."""
        text: str = self.page.inner_text("#pane-body")
        return text

    def in_view(self) -> str:
        """What can be read without scrolling: the pane's lines within its frame, and the notes."""
        text: str = self.page.evaluate(
            """() => {
              const frame = document.getElementById('pane-body').getBoundingClientRect();
              const texts = [];
              const walker = document.createTreeWalker(
                document.getElementById('pane-body'), NodeFilter.SHOW_TEXT);
              const range = document.createRange();
              while (walker.nextNode()) {
                const node = walker.currentNode;
                const before = node.previousSibling;
                if (!before ? getComputedStyle(node.parentNode).display !== 'inline'
                    || !node.parentNode.previousSibling : before.tagName !== 'WBR')
                  texts.push(' ');
                range.selectNodeContents(node);
                const seen = [...range.getClientRects()].some((box) =>
                  box.top >= frame.top && box.bottom <= Math.min(frame.bottom, innerHeight)
                  && box.left < frame.right && box.width > 0);
                if (seen) texts.push(node.textContent);
              }
              for (const id of ['view-note', 'hover-note', 'dialog'])
                texts.push(' ' + document.getElementById(id).innerText);
              return texts.join('').replace(/\\s+/g, ' ');
            }"""
        )
        return re.sub(r" (?=[,:])", "", text)

    def painted_pixels(self) -> int:
        """Pixels of the canvas that are not blank."""
        return int(
            self.page.evaluate(
                """() => {
                  const canvas = document.querySelector('#graph canvas');
                  const data = canvas.getContext('2d')
                    .getImageData(0, 0, canvas.width, canvas.height).data;
                  let painted = 0;
                  for (let at = 3; at < data.length; at += 4) painted += data[at] > 0;
                  return painted;
                }"""
            )
        )

    def overlaps(self) -> list[list[str]]:
        """Pairs of boxes that touch, as vis-network itself measures them."""
        found: list[list[str]] = self.page.evaluate(
            """() => {
              const { network, nodes } = window.tracerPage;
              const boxes = network.body.nodeIndices.filter((id) => nodes[id])
                .map((id) => [nodes[id].name, network.getBoundingBox(id)]);
              const found = [];
              boxes.forEach(([name, a], index) => boxes.slice(index + 1).forEach(([other, b]) => {
                if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
                  found.push([name, other]);
              }));
              return found;
            }"""
        )
        return found

    def cut_labels(self) -> list[str]:
        """Lines of labels that are wider than their box."""
        found: list[str] = self.page.evaluate(
            """() => {
              const { network, nodes } = window.tracerPage;
              const ctx = document.createElement('canvas').getContext('2d');
              const face = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono",'
                + ' "Liberation Mono", monospace';
              const wide = (text, font, room) => {
                ctx.font = `${font} ${face}`;
                return ctx.measureText(text).width > room;
              };
              return network.body.nodeIndices.filter((id) => nodes[id]).map((id) => nodes[id])
                .filter((node) => wide(node.owner, '11px', node.width - 4)
                  || wide(node.detail, '11px', node.width - 4)
                  || node.label.split('\\n').some((line) =>
                    wide(line, 'bold 13px', node.width - 4)))
                .map((node) => node.name);
            }"""
        )
        return found

    def shown(self) -> list[str]:
        """Names of the boxes that are drawn."""
        found: list[str] = self.page.evaluate(
            "() => { const { network, nodes } = window.tracerPage;"
            " return network.body.nodeIndices.filter((id) => nodes[id])"
            ".map((id) => nodes[id].name); }"
        )
        return found
