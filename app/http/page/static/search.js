// Plain search: hits with what was searched for marked in them.
import { degradedOf } from "./answer.js";
import { api } from "./api.js";
import { announce, button, fill, h, languageOf, put } from "./dom.js";
import { notice } from "./errors.js";
import { headingsBelow, openSource } from "./source.js";
import { formatShare, state, t } from "./state.js";
import { placeOfHit, routeName, searchTraceOf } from "./trace.js";

const HITS = 20;

const asked = { query: "", ignore: [], result: null, error: null, collection: "", controller: null };

export function renderSearch(main) {
  const field = h("input", {
    id: "query", type: "search", maxlength: "8000", autocomplete: "off",
    placeholder: t("search_placeholder"),
  });
  field.value = asked.query;
  fill(main,
    h("h1", { tabindex: "-1" }, t("search_title")),
    h("form", { class: "searching", role: "search", on: { submit: (event) => {
      event.preventDefault();
      if (!field.value.trim()) return;
      asked.query = field.value.trim();
      asked.ignore = [];
      search();
    } } },
    h("label", { class: "unseen", for: "query" }, t("search_label")),
    h("div", { class: "field" }, field, h("button", { type: "submit", class: "strong send" }, t("search")))),
    h("div", { id: "found" }));
  show();
}

/** Searches the chosen collection anew where a search is what is seen. */
export function refreshSearch() {
  if (document.getElementById("found") && asked.query) search();
}

async function search() {
  asked.controller?.abort();
  const mine = new AbortController();
  Object.assign(asked, { controller: mine, result: null, error: null, collection: state.collection || "default" });
  fill(document.getElementById("found"), h("p", { class: "waiting" }, t("searching")));
  try {
    const body = { query: asked.query, limit: HITS, explain: true, ignore: asked.ignore };
    asked.result = await api.search(asked.collection, body, mine.signal);
  } catch (error) {
    if (mine.signal.aborted) return;
    asked.error = error;
  }
  show();
  if (asked.result) announce(t("hits", asked.result.hits.length));
}

function show() {
  const found = document.getElementById("found");
  if (!found) return;
  const { result, error, collection } = asked;
  fill(found);
  if (error) put(found, notice(error, { again: search }));
  if (!result) return;
  put(found,
    readingsOf(result.readings),
    degradedOf(result.degraded),
    h("p", { class: "faint" }, t("hits", result.hits.length)),
    h("ol", { class: "hits" }, result.hits.map((hit) => hitOf(collection, hit, result.trace.terms))),
    searchTraceOf(collection, result));
}

function readingsOf(readings) {
  if (!readings.length && !asked.ignore.length) return null;
  const ignore = (kind) => () => { asked.ignore = [...new Set([...asked.ignore, kind])]; search(); };
  const restore = (kind) => () => { asked.ignore = asked.ignore.filter((one) => one !== kind); search(); };
  return h("ul", { class: "readings", "aria-label": t("readings") },
    readings.map((one) => h("li", {},
      h("span", {}, h("b", {}, t(`reading_${one.kind}`)), ` ${one.text} → ${one.meaning} `),
      button("×", ignore(one.kind), { "aria-label": t("reading_remove", t(`reading_${one.kind}`), one.text) }))),
    asked.ignore.map((kind) => h("li", { class: "ignored" },
      h("span", {}, t("reading_ignored", t(`reading_${kind}`))), " ",
      button("↺", restore(kind), { "aria-label": t("reading_restore", t(`reading_${kind}`)) }))));
}

function hitOf(collection, hit, terms) {
  const routes = Object.entries(hit.routes).map(([route, found]) => `${routeName(route)} ${found.rank}`);
  const relevance = hit.relevance === null || hit.relevance === undefined
    ? [] : [t("relevance_of", formatShare(hit.relevance))];
  return h("li", { class: "hit" },
    h("h2", {}, button(hit.title || hit.document_id,
      () => openSource(collection, hit.document_id, placeOfHit(hit)), { class: "link" })),
    h("p", { class: "path" }, headingsBelow(hit.title, hit.heading_path)),
    h("p", { class: "passage", lang: languageOf(hit.text) }, marked(hit.text.replace(/\n\s*\n/g, "\n"), terms)),
    h("p", { class: "foot" }, [...relevance, ...routes].join(" · ")));
}

/** The text with the words marked that the query's terms are stems of. */
export function marked(text, terms) {
  const words = terms.filter((term) => !/[\u3400-\u9fff]/u.test(term));
  const pieces = terms.filter((term) => /[\u3400-\u9fff]/u.test(term)).sort((a, b) => b.length - a.length);
  const escaped = pieces.map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp([...escaped, "(?:(?![\\u3400-\\u9fff])[\\p{L}\\p{N}_])+"].join("|"), "gu");
  const made = [];
  let at = 0;
  for (const { 0: found, index } of text.matchAll(pattern)) {
    if (!pieces.includes(found) && !words.some((term) => isFormOf(found.toLowerCase(), term))) continue;
    made.push(text.slice(at, index), h("mark", {}, found));
    at = index + found.length;
  }
  return [...made, text.slice(at)];
}

function isFormOf(word, term) {
  if (word === term) return true;
  const stem = term.endsWith("i") ? term.slice(0, -1) : term;
  return stem.length > 2 && word.startsWith(stem) && word.length - stem.length <= 4;
}
