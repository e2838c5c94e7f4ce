// One answer: its sentences with their citations, and what the service says of it.
import { button, h, languageOf, put, unseen } from "./dom.js";
import { openSource, pathOf } from "./source.js";
import { formatShare, t } from "./state.js";
import { traceOf } from "./trace.js";

/** A numbered button that opens its source. */
export function chip(collection, citation) {
  const label = t("open_source", citation.n, citation.title || citation.document_id);
  return button(String(citation.n), () => openSource(collection, citation.document_id, citation), {
    class: "chip", "aria-label": label, title: citation.title || citation.document_id,
  });
}

/** A sentence below its setting; `sources` finds a citation by its number. */
export function sentenceOf(collection, sentence, sources) {
  const chips = sentence.citations.map((n) => sources.get(n)).filter(Boolean);
  return h("div", { class: `sentence ${sentence.verdict}` },
    sentence.setting ? h("p", { class: "about", lang: languageOf(sentence.setting) }, sentence.setting) : null,
    h("p", { class: "said", lang: languageOf(sentence.text) },
      sentence.text,
      h("span", { class: "chips" }, chips.map((citation) => [" ", chip(collection, citation)])),
      h("span", { class: "verdict", title: t(`why_${sentence.verdict}`) }, t(`verdict_${sentence.verdict}`))));
}

/** What comes below the sentences once the answer is complete. */
export function endOf(collection, answer) {
  return [
    answer.mode === "abstained" ? abstention(collection, answer) : null,
    answer.notes.map((note) => h("p", { class: "note", lang: languageOf(note) }, note)),
    degradedOf(answer.degraded),
    answer.citations.length ? sourcesOf(collection, answer.citations, t("sources")) : null,
    h("p", { class: "foot" },
      t(`mode_${answer.mode}`),
      answer.probability === null || answer.probability === undefined
        ? null : [" · ", t("probability", formatShare(answer.probability))]),
    answer.trace ? traceOf(collection, answer) : null,
  ];
}

export function degradedOf(degraded) {
  if (!degraded.length) return null;
  return h("div", { class: "warn" },
    h("p", {}, t("degraded")),
    h("ul", {}, degraded.map((part) => h("li", { lang: "en" }, part))));
}

function abstention(collection, answer) {
  return h("div", { class: "abstention" },
    h("p", { class: "reason", lang: languageOf(answer.reason ?? "") }, answer.reason ?? t("abstained")),
    answer.nearest.length
      ? h("div", {}, h("h4", {}, t("nearest")), h("ol", { class: "nearest" }, answer.nearest.map((one) =>
        h("li", {},
          h("p", { class: "about" }, [one.title || one.document_id, pathOf(one)].filter(Boolean).join(" › ")),
          h("p", { class: "said", lang: languageOf(one.quote) }, one.quote, " ", chip(collection, one))))))
      : null);
}

function sourcesOf(collection, citations, label) {
  const list = h("ol", { class: "sources" });
  for (const citation of citations) {
    put(list, h("li", {},
      button([h("span", { class: "n", "aria-hidden": "true" }, citation.n), unseen(`${citation.n}: `),
        h("span", {},
          h("span", { class: "title" }, citation.title || citation.document_id),
          h("span", { class: "path" }, pathOf(citation) || citation.document_id))],
      () => openSource(collection, citation.document_id, citation), { class: "card" })));
  }
  return h("div", {}, h("h4", {}, label), list);
}
