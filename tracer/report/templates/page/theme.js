// What the browser keeps for the reader, and the theme, before anything is drawn.

function kept(name, value) {
  try {
    if (value === undefined) return localStorage.getItem(`tracer-${name}`) ?? "";
    localStorage.setItem(`tracer-${name}`, value);
  } catch {
    // A browser that keeps nothing for file:// still shows the page.
  }
  return value ?? "";
}

function setTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

setTheme(kept("theme"));
