// What the whole page shares: the chosen collection, the key, and the language.
import { english } from "./english.js";
import { chinese } from "./chinese.js";

const WORDS = { en: english, zh: chinese };
const changes = new EventTarget();

export const state = {
  collections: [],
  /** Whether the list of collections has been read with the present key. */
  listed: false,
  /** A name that was chosen for a collection that has no document yet. */
  made: "",
  collection: localStorage.getItem("attest.collection") ?? "",
  language: localStorage.getItem("attest.language")
    ?? (navigator.languages.find((one) => /^(zh|en)\b/i.test(one)) ?? "en").slice(0, 2).toLowerCase(),
};
if (!(state.language in WORDS)) state.language = "en";

/** The words of the interface, in its language; some are functions of a number or a name. */
export function t(name, ...values) {
  const words = WORDS[state.language][name];
  return typeof words === "function" ? words(...values) : words;
}

export function formatNumber(value, digits = 0) {
  return new Intl.NumberFormat(state.language, { maximumFractionDigits: digits }).format(value);
}

export function formatShare(value) {
  return value === null || value === undefined
    ? "–"
    : new Intl.NumberFormat(state.language, { style: "percent", maximumFractionDigits: 0 }).format(value);
}

export function formatTime(text) {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) return text;
  // Of the forms that a language has, the one of the browser's country.
  const locale = navigator.languages.find((one) => one.startsWith(state.language)) ?? state.language;
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(time);
}

/** Calls back when `what` ("collections", "collection", "language", "key") has changed. */
export function onChange(what, listener) {
  changes.addEventListener(what, listener);
}

function changed(what) {
  changes.dispatchEvent(new Event(what));
}

export function setLanguage(language) {
  state.language = language;
  localStorage.setItem("attest.language", language);
  changed("language");
}

export function setCollection(name) {
  if (name === state.collection) return;
  state.collection = name;
  localStorage.setItem("attest.collection", name);
  changed("collection");
}

export function setCollections(found) {
  state.collections = found;
  state.listed = true;
  const known = [state.made, ...found.map((one) => one.name)];
  if (!state.collection || !known.includes(state.collection)) {
    const fallback = found.find((one) => one.name === "default") ?? found[0];
    if (fallback) setCollection(fallback.name);
  }
  changed("collections");
}

/** The key lives as long as the tab. */
export function key() {
  return sessionStorage.getItem("attest.key") ?? "";
}

export function setKey(value) {
  if (value) sessionStorage.setItem("attest.key", value);
  else sessionStorage.removeItem("attest.key");
  changed("key");
}
