// Builds elements. Whatever comes from documents, answers or people becomes text, never HTML.

/** An element with attributes, listeners (`on`) and children; what is null or false is left out. */
export function h(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) made.addEventListener(event, listener);
    } else {
      made.setAttribute(name, value === true ? "" : String(value));
    }
  }
  put(made, ...children);
  return made;
}

/** Appends elements and texts. */
export function put(parent, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) parent.append(child);
  }
  return parent;
}

/** Puts children in the place of those that were there. */
export function fill(parent, ...children) {
  parent.replaceChildren();
  return put(parent, ...children);
}

/** Text that only screen readers read. */
export function unseen(text) {
  return h("span", { class: "unseen" }, text);
}

/** Lets screen readers say something that is seen elsewhere. */
export function announce(text) {
  document.getElementById("says").textContent = text;
}

/** A button with a text and what it does. */
export function button(text, press, attributes = {}) {
  return h("button", { type: "button", ...attributes, on: { click: press } }, text);
}

/** A table that scrolls by itself where it is wider than the page. */
export function table(caption, heads, rows) {
  const scope = { scope: "col" };
  return h("div", { class: "wide", role: "region", tabindex: "0", "aria-label": caption },
    h("table", {},
      h("thead", {}, h("tr", {}, heads.map((head) => h("th", scope, head)))),
      h("tbody", {}, rows)));
}

/** `zh` for a text with Chinese characters; what screen readers choose a voice by. */
export function languageOf(text) {
  return /[\u3400-\u9fff]/u.test(text) ? "zh" : "en";
}

/** The text before, within and after a span that counts characters as the service does. */
export function cut(text, [start, end]) {
  let at = 0;
  let from = text.length;
  let to = text.length;
  for (let place = 0; at < text.length; place += 1) {
    if (place === start) from = at;
    if (place === end) {
      to = at;
      break;
    }
    at += text.codePointAt(at) > 0xffff ? 2 : 1;
  }
  return [text.slice(0, from), text.slice(from, to), text.slice(to)];
}
