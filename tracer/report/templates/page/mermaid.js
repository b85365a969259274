// The current view as Mermaid, to be pasted into a document.

function mermaidText() {
  const name = (text) => text.replace(/[&"<>#`\\|[\]{}()]/g, (each) => `#${each.codePointAt(0)};`).replace(/\s+/g, " ");
  const shapes = { file: ["[(", ")]"], state: ["{{", "}}"], effect: ["[/", "/]"], external: ["[[", "]]"] };
  const ids = [...drawnIds].sort((a, b) => a - b);
  const lines = ids.map((id) => {
    const [left, right] = shapes[nodes[id].kind] ?? ["[", "]"];
    const place = placeOf(nodes[id]);
    return `  n${id}${left}"${name(nodes[id].short)}${place ? `<br/>${name(place)}` : ""}"${right}`;
  });
  for (const link of drawnLinks) {
    const arrow = link.verdict === "confirmed" ? "==>" : link.verdict === "dynamic only" || link.verdict === "not run" ? "-->" : "-.->";
    lines.push(`  n${link.from} ${arrow}|"${name(joinedWith(" ", [linesOf(link), link.verdict || [...effectKindsOf(link)].join(" ")]))}"| n${link.to}`);
  }
  return ["flowchart LR", ...lines].join("\n");
}

const copyMermaid = () => copy(mermaidText(), document.getElementById("mermaid"));
