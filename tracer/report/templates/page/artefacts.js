// Archives and files: what the code puts in and expects, and what runs left.

function showArtifacts() {
  if (!evidence.artifacts.length && !evidence.foundArtifacts.length) {
    return [quiet("No artefact with named members stands in the answer.")];
  }
  return [...evidence.artifacts.flatMap(artefactParts), ...evidence.foundArtifacts.flatMap(foundParts)];
}

function artefactParts({ names, writers, readers, members, unknown }) {
  return [
    make("h2", { class: "code" }, names.join(" = ")),
    sideLine("Written by", writers),
    sideLine("Read by", readers),
    tableOr("No member names were derived.", "Members", ["member", "what goes in, and where", "read at"],
      members.map(([path, written, content, read, also]) =>
        markedRow(state.row === path, [
          memberName(path, also),
          make("div", {}, codeText(content), content ? " " : null, sidePlaces(written, "not written")),
          sidePlaces(read, "not read"),
        ]))),
    ...unknown.map((text) => quiet(`Not followed: ${text}`)),
  ];
}

function foundParts({ path, run, matches, unknown }) {
  return [
    make("h2", { class: "code" }, path),
    quiet(run ? `left by run ${run}, read without running anything` : "given, read without running anything"),
    tableOr("Nothing to compare.", "What is in it, beside the code", ["member", "verdict", "what the code says"],
      matches.map(([member, key, verdict, text, isWrong]) =>
        markedRow(state.row === member && !key, [
          make("code", { class: key ? "inner" : null }, ...breakable(key ? `[${key}]` : member, /(?<=[/._])/)),
          make("span", { class: isWrong ? "bad" : null }, verdict),
          make("span", {}, ...breakable(text, /(?<=[/])/)),
        ]))),
    ...unknown.map((text) => quiet(`Not compared: ${text}`)),
  ];
}

/** Places, each leading to the function that holds it. */
function sidePlaces(anchors, nothing) {
  if (!anchors.length) return make("span", { class: "quiet" }, nothing);
  return make("span", { class: "place" }, ...listed(anchors.map(placeLink)));
}

function placeLink(anchor) {
  const id = holderOf(anchor);
  const text = breakable(anchor, /(?<=[/_])/);
  return id === undefined ? make("span", {}, ...text) : viewLink(focused(id), ...text);
}

const memberName = (path, also) =>
  make(
    "span",
    {},
    make("code", {}, ...breakable(path, /(?<=[/._])/)),
    ...also.map((other) => make("div", { class: "quiet place" }, ...breakable(`also ${other}`, /(?<=[/._])/))),
  );

const sideLine = (label, layouts) =>
  make("p", {}, `${label}: `,
    ...(layouts.length
      ? layouts.flatMap(([id, anchor, direction], index) => [index ? "; " : "", nodeLink(id), " ", places([anchor]), ` ${direction}`])
      : ["nothing in the evidence"]));
