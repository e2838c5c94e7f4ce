// Puts the page together: the bar, the three views, and what changes all of them.
import { api } from "./api.js";
import { refreshOpening, renderAsk } from "./ask.js";
import { askForKey } from "./dialogs.js";
import { readCollections, refreshDocuments, renderDocuments } from "./documents.js";
import { fill, h } from "./dom.js";
import { notice } from "./errors.js";
import { refreshSearch, renderSearch } from "./search.js";
import { closeSource } from "./source.js";
import { key, onChange, setCollection, setLanguage, state, t } from "./state.js";
import { goOn } from "./uploads.js";

const VIEWS = { ask: renderAsk, search: renderSearch, documents: renderDocuments };
const THEMES = ["auto", "light", "dark"];
const NOT_READY_MS = 2_000;

const byId = (id) => document.getElementById(id);

function view() {
  const name = location.hash.slice(1);
  return name in VIEWS ? name : "ask";
}

function show() {
  document.documentElement.lang = state.language === "zh" ? "zh-Hans" : "en";
  for (const part of document.querySelectorAll("[data-t]")) part.textContent = t(part.dataset.t);
  for (const part of document.querySelectorAll("[data-label]")) {
    part.setAttribute("aria-label", t(part.dataset.label));
  }
  for (const link of byId("nav").children) {
    if (link.hash.slice(1) === view()) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `${t(view())} – Attest`;
  byId("language").textContent = state.language === "zh" ? "EN" : "中文";
  byId("language").lang = state.language === "zh" ? "en" : "zh";
  byId("language").setAttribute("aria-label", state.language === "zh" ? "English" : "中文");
  byId("key").setAttribute("data-set", String(Boolean(key())));
  showTheme();
  showCollection();
  VIEWS[view()](byId("main"));
}

function showCollection() {
  const names = new Set(state.collections.map((one) => one.name));
  names.add(state.collection || "default");
  fill(byId("collection"), [...names].sort().map((name) => h("option", { value: name }, name)));
  byId("collection").value = state.collection || "default";
}

function theme() {
  return document.documentElement.dataset.theme ?? "auto";
}

function showTheme() {
  byId("theme").textContent = { auto: "◐", light: "○", dark: "●" }[theme()];
  byId("theme").setAttribute("aria-label", t("theme", t(`theme_${theme()}`)));
  byId("theme").title = t("theme", t(`theme_${theme()}`));
}

function turnTheme() {
  const next = THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length];
  if (next === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  localStorage.setItem("attest.theme", next);
  showTheme();
}

/** Reads the collections; where the service is still starting, waits for it. */
async function begin() {
  try {
    await readCollections();
    fill(byId("banner"));
  } catch (error) {
    state.listed = false;
    if (error.code === "not_ready" && await waitsForModels()) return;
    fill(byId("banner"), notice(error, { again: begin }));
    if (error.status === 401 && !document.querySelector("dialog[open]")) askForKey();
  }
}

async function waitsForModels() {
  const told = await api.ready().catch(() => null);
  if (told?.error) return false;
  fill(byId("banner"), h("p", { class: "notice" }, t("starting")));
  setTimeout(begin, NOT_READY_MS);
  return true;
}

byId("theme").addEventListener("click", turnTheme);
byId("key").addEventListener("click", askForKey);
byId("language").addEventListener("click", () => setLanguage(state.language === "zh" ? "en" : "zh"));
byId("collection").addEventListener("change", (event) => setCollection(event.target.value));
byId("skip").addEventListener("click", (event) => {
  // Its address is that of no view.
  event.preventDefault();
  byId("main").focus();
});
addEventListener("hashchange", () => {
  closeSource();
  show();
  scrollTo(0, 0);
  byId("main").querySelector("h1")?.focus({ preventScroll: true });
});
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, dialog");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const field = byId("question") ?? byId("query");
  if (!field) return;
  event.preventDefault();
  field.focus();
});
// A file that misses its place must not replace the page.
for (const kind of ["dragover", "drop"]) addEventListener(kind, (event) => event.preventDefault());

onChange("language", show);
onChange("key", () => { byId("key").setAttribute("data-set", String(Boolean(key()))); begin(); });
onChange("collection", () => { showCollection(); refreshSearch(); refreshDocuments(); });
onChange("collections", () => {
  showCollection();
  refreshOpening();
  refreshDocuments();
});

show();
begin();
goOn();
