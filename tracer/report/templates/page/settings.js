// What is the reader's own: theme and editor. It is kept in the browser, never in the page.

const EDITOR = "vscode://file/{root}/{path}:{line}";

function nextTheme() {
  const isDark = getComputedStyle(document.documentElement).colorScheme === "dark";
  const theme = isDark ? "light" : "dark";
  kept("theme", theme);
  setTheme(theme);
  redraw();
}

let isPrinting = false;
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => isPrinting || redraw());
addEventListener("beforeprint", () => {
  isPrinting = true;
  setTheme("light");
  redraw();
});
addEventListener("afterprint", () => {
  isPrinting = false;
  setTheme(kept("theme"));
  redraw();
});

/** Open the place of a box; where the sources lie is asked once. */
function openInEditor(node) {
  if (!kept("root") && (kept("editor") || EDITOR).includes("{root}")) {
    showSettings();
    return;
  }
  location.href = editorAddress(node);
}

function editorAddress({ path, line }) {
  const values = { root: kept("root").replace(/\/+$/, ""), path, line: String(line) };
  const parts = (kept("editor") || EDITOR).split(/\{(root|path|line)\}/);
  return parts.map((part, index) => (index % 2 ? values[part].split("/").map(encodeURIComponent).join("/") : part)).join("");
}

const SCHEMES = /^(vscode|vscodium|vscode-insiders|cursor|windsurf|idea|pycharm|jetbrains|subl|txmt|emacs|nvim|zed|x-[a-z-]+|https?):/;

function showSettings() {
  const editor = make("input", { id: "editor", value: kept("editor") || EDITOR, spellcheck: "false" });
  const root = make("input", { id: "root", value: kept("root"), placeholder: "/home/you/project", spellcheck: "false" });
  const keep = (event) => {
    event.preventDefault();
    editor.setCustomValidity(SCHEMES.test(editor.value) ? "" : "Expected an address such as vscode://file/{root}/{path}:{line}");
    if (!event.target.reportValidity()) return;
    kept("editor", editor.value === EDITOR ? "" : editor.value);
    kept("root", root.value.trim());
    document.getElementById("dialog").close();
  };
  showDialog("Open in editor", [
    make(
      "form",
      { class: "path-form", onsubmit: keep, oninput: () => editor.setCustomValidity("") },
      make("label", { for: "root" }, "Folder of the sources"),
      root,
      make("label", { for: "editor" }, "Address"),
      editor,
      make("button", { type: "submit" }, "Keep"),
    ),
    quiet("{root}, {path} and {line} are put in. Kept in this browser only."),
  ]);
}

function showDialog(title, parts) {
  const dialog = document.getElementById("dialog");
  const close = button("Close", () => dialog.close(), "(Esc)");
  dialog.replaceChildren(make("h2", { id: "dialog-title" }, title), ...parts, make("p", {}, close));
  if (!dialog.open) dialog.showModal();
}
