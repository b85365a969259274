// vis-network is text until it is wanted, since reading it would hold up the first picture.

if (document.readyState === "loading") {
  await new Promise((done) => { document.addEventListener("DOMContentLoaded", done, { once: true }); });
}
document.body.append(
  Object.assign(document.createElement("script"), {
    textContent: document.getElementById("vis-network").textContent,
  }),
);
