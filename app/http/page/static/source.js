// The panel beside the answer: a document with the quoted part marked.
import { api } from "./api.js";
import { button, cut, fill, h, languageOf } from "./dom.js";
import { notice } from "./errors.js";
import { t } from "./state.js";

/** Characters shown on either side of a quote before a button is asked for the rest. */
const SHOWN = 60_000;

const panel = document.getElementById("source");
const narrow = matchMedia("(max-width: 60rem)");
let opener = null;
let asked = 0;

/** Opens a document; `place` has what is known of the quote: span, quote, setting. */
export async function openSource(collection, id, place = {}) {
  if (!panel.contains(document.activeElement)) {
    opener?.removeAttribute("data-open");
    opener = document.activeElement;
    opener.setAttribute("data-open", "");
  }
  asked += 1;
  const mine = asked;
  const heading = h("h2", { tabindex: "-1" }, place.title || id);
  const text = h("div", { class: "paper" }, h("p", { class: "faint" }, t("loading")));
  panel.hidden = false;
  panel.setAttribute("aria-label", t("source"));
  document.body.classList.add("with-source");
  inertBehind();
  fill(panel,
    h("div", { class: "panel-head" },
      h("div", {}, heading, h("p", { class: "path" }, pathOf(place), h("span", { class: "id" }, id))),
      button("×", closeSource, { class: "tool close", "aria-label": t("close") })),
    settingOf(place.setting),
    text);
  heading.focus({ preventScroll: true });
  try {
    const document_ = await api.document(collection, id);
    if (mine !== asked) return;
    heading.textContent = document_.title || id;
    showText(text, document_.text, place);
  } catch (error) {
    if (mine === asked) fill(text, place.quote ? h("blockquote", {}, place.quote) : null, notice(error));
  }
}

export function closeSource() {
  if (panel.hidden) return;
  asked += 1;
  panel.hidden = true;
  document.body.classList.remove("with-source");
  inertBehind();
  opener?.removeAttribute("data-open");
  if (opener?.isConnected) opener.focus();
}

/** What lies under a panel that covers the page can't be reached meanwhile. */
function inertBehind() {
  const covered = !panel.hidden && narrow.matches;
  document.getElementById("main").inert = covered;
}
narrow.addEventListener("change", inertBehind);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog[open]")) closeSource();
});

/** Headings and place of a quote: "Backups › Off site · page 3". */
export function pathOf({ title, setting, headings } = {}) {
  const path = headingsBelow(title, setting?.headings ?? headings ?? []);
  return [path, placeOf(setting)].filter(Boolean).join(" · ");
}

/** The headings without a first one that is the document's title. */
export function headingsBelow(title, headings) {
  return (headings[0] === title ? headings.slice(1) : headings).join(" › ");
}

function placeOf(setting) {
  if (!setting) return "";
  return ["page", "slide", "sheet", "cell", "symbol"]
    .filter((kind) => setting[kind] !== null && setting[kind] !== undefined)
    .map((kind) => t(`place_${kind}`, setting[kind]))
    .join(", ");
}

function settingOf(setting) {
  if (!setting) return null;
  const validity = setting.validity ?? {};
  const known = [
    ["question", setting.question], ["lead_in", setting.lead_in], ["row", setting.row],
    ["heads", (setting.heads ?? []).join(" · ")], ["antecedent", setting.antecedent],
    ["before", setting.before], ["version", validity.version], ["date", validity.date],
  ].filter(([, value]) => value);
  return [
    validity.superseded ? h("p", { class: "warn" }, t("superseded")) : null,
    known.length
      ? h("dl", { class: "setting" }, known.map(([name, value]) =>
        h("div", {}, h("dt", {}, t(`setting_${name}`)), h("dd", {}, value))))
      : null,
  ];
}

function showText(paper, text, { span, quote }) {
  const [before, within, after] = span ? cut(text, span) : ["", "", text];
  const changed = span && quote && within !== quote;
  paper.setAttribute("lang", languageOf(text));
  const mark = span && !changed ? h("mark", { tabindex: "-1" }, within) : null;
  const head = changed ? "" : before;
  const tail = changed ? text : after;
  fill(paper,
    changed ? [h("p", { class: "warn" }, t("document_changed")), h("blockquote", {}, quote)] : null,
    h("div", { class: "text" },
      head.length > SHOWN ? more(head.slice(0, -SHOWN)) : null,
      head.slice(-SHOWN),
      mark,
      tail.slice(0, SHOWN),
      tail.length > SHOWN ? more(tail.slice(SHOWN)) : null));
  if (mark) mark.scrollIntoView({ block: "center" });
}

function more(rest) {
  const made = button(t("show_rest", rest.length), () => made.replaceWith(rest), { class: "plain" });
  return made;
}
