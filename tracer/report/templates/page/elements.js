// Elements with text; the only way anything reaches the page.

function make(tag, options = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(options)) {
    if (value === null || value === undefined) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "class") element.className = value;
    else element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** A name that may break after dots and underscores; a place between folders, too. */
const breakable = (name, where = /(?<=[._])/) =>
  name.split(where).flatMap((part, index) => (index ? [make("wbr"), part] : [part]));

/** A link that changes the view; its address can be copied or opened elsewhere. */
const viewLink = (changes, ...children) =>
  make(
    "a",
    {
      href: `#${hashOf({ ...state, ...changes })}`,
      onclick: (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        change(changes);
      },
    },
    ...children,
  );
const nodeLink = (id) => (id >= 0 ? viewLink(focused(id), ...breakable(nodes[id].short)) : "not shown");

/** Text with its `code spans` set as code. */
const spans = (text) =>
  text.split(/`([^`]+)`/).map((part, index) => (index % 2 ? codeText(part) : part));
const listed = (items) => items.flatMap((item, index) => (index ? [", ", item] : [item]));
const verdictWord = (verdict) =>
  make("span", { class: "verdict", "data-verdict": verdict, title: MEANINGS[verdict] ?? "" }, verdict);
const quiet = (...parts) => make("p", { class: "quiet" }, ...parts);
const codeText = (text) =>
  text ? make("code", {}, ...breakable(String(text), /(?<=[\/_])|(?<=\.)(?!py\b)/)) : "";
const places = (list) => make("span", { class: "place" }, ...breakable(list.join(", "), /(?<=[\/_])/));
const button = (label, onclick, title = null) => make("button", { type: "button", onclick, title }, label);
const joinedWith = (separator, parts) => parts.filter(Boolean).join(separator);

const cellOf = (cell) =>
  typeof cell === "number"
    ? make("td", { class: "figure" }, String(cell))
    : make("td", {}, cell ?? "");

/** Rows are lists of cells, or elements that are rows already. */
function table(caption, heads, rows) {
  const body = rows.map((row) => (row instanceof Node ? row : make("tr", {}, ...row.map(cellOf))));
  return make(
    "div",
    { class: "table-box" },
    make(
      "table",
      { class: "facts" },
      make("caption", {}, caption),
      make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))),
      make("tbody", {}, ...body),
    ),
  );
}

const tableOr = (nothing, caption, heads, rows) =>
  rows.length
    ? table(`${caption} (${rows.length})`, heads, rows)
    : make("div", {}, make("h3", {}, caption), quiet(nothing));

/** A row that stands out when the state names it, and is brought into view. */
const markedRow = (isMarked, cells) =>
  make("tr", { class: isMarked ? "chosen" : null, "aria-current": isMarked ? "true" : null }, ...cells.map(cellOf));

async function copy(text, shownIn) {
  let said = "Copied";
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    said = "The browser gave no clipboard";
  }
  const first = text.split("\n", 1)[0];
  say(`${said}: ${first}${first.length < text.length ? " …" : ""}`);
  if (!shownIn) return;
  const label = shownIn.textContent;
  shownIn.textContent = said;
  setTimeout(() => { shownIn.textContent = label; }, 1200);
}
