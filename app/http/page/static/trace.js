// Why this passage and why not that one, as tables.
import { button, h, put, table } from "./dom.js";
import { headingsBelow, openSource } from "./source.js";
import { formatNumber, formatShare, t } from "./state.js";

const MOST_ROWS = 25;

/** The trace of an answer, made when it is opened. */
export function traceOf(collection, answer) {
  const { trace } = answer;
  return folded(t("why"), (body) => put(body,
    candidatesOf(collection, trace.search, trace.hits),
    trace.statements.length ? statementsOf(collection, trace.statements) : null,
    trace.draft.length ? draftOf(trace.draft) : null,
    timingsOf(answer.timings_ms),
    settingsOf({ ...trace.search.settings, ...trace.settings })));
}

/** The trace of a search. */
export function searchTraceOf(collection, result) {
  return folded(t("why"), (body) => put(body,
    candidatesOf(collection, result.trace, result.hits),
    timingsOf(result.timings_ms),
    settingsOf(result.trace.settings)));
}

function folded(label, build) {
  const body = h("div", { class: "trace" });
  const details = h("details", { class: "why", on: { toggle: () => {
    if (details.open && !body.hasChildNodes()) build(body);
  } } }, h("summary", {}, label), body);
  return details;
}

function candidatesOf(collection, trace, hits) {
  const shown = new Map(hits.map((hit) => [hit.chunk_id, hit]));
  const titles = new Map(hits.map((hit) => [hit.document_id, hit.title]));
  const routes = [...new Set(trace.candidates.flatMap((one) => Object.keys(one.routes)))].sort();
  const last = Number.MAX_SAFE_INTEGER;
  const ordered = [...trace.candidates].sort((a, b) =>
    (a.final_rank ?? last) - (b.final_rank ?? last) || a.fused_rank - b.fused_rank);
  const reranked = ordered.some((one) => one.rerank_score !== undefined && one.rerank_score !== null);
  const heads = [t("rank"), t("passage"), ...routes.map(routeName), t("fused"), t("term_match"),
    reranked ? t("rerank_score") : null, t("relevance"), t("outcome")].filter(Boolean);
  return [
    h("h4", {}, t("passages")),
    h("p", { class: "faint" }, t("terms_read"), " ", trace.terms.join(" · ") || "–",
      trace.variants.map((one) => [h("br"), `${t("also_searched")} ${one.text}`])),
    growing(t("passages"), heads, ordered, (one) => {
      const hit = shown.get(one.chunk_id);
      return h("tr", { class: one.dropped ? "dropped" : null },
        h("td", { class: "number" }, one.final_rank ?? "–"),
        h("td", { class: "name" }, button(titles.get(one.document_id) || one.document_id,
          () => openSource(collection, one.document_id, hit ? placeOfHit(hit) : {}), { class: "link" }),
        hit ? h("span", { class: "path" }, headingsBelow(hit.title, hit.heading_path)) : null),
        routes.map((route) => h("td", { class: "number" }, rankAndScore(one.routes[route]))),
        h("td", { class: "number" }, rankAndScore({ rank: one.fused_rank, score: one.fused_score })),
        h("td", { class: "number" }, score(one.term_match)),
        reranked ? h("td", { class: "number" }, score(one.rerank_score)) : null,
        h("td", { class: "number" }, formatShare(one.relevance)),
        h("td", { class: "outcome" }, one.dropped ?? t("kept")));
    }),
  ];
}

export function placeOfHit(hit) {
  return { title: hit.title, headings: hit.heading_path, span: hit.span };
}

function statementsOf(collection, statements) {
  const ordered = [...statements].sort((a, b) => b.probability - a.probability);
  const parts = new Set(statements.map((one) => one.part)).size > 1;
  const heads = [t("chance"), t("statement"), parts ? t("part") : null, t("missing"), t("outcome")];
  return [
    h("h4", {}, t("statements")),
    growing(t("statements"), heads.filter(Boolean), ordered, (one) => h("tr", {},
      h("td", { class: "number" }, formatShare(one.probability)),
      h("td", { class: "name" },
        one.setting ? h("span", { class: "path" }, one.setting) : null,
        button(one.text, () => openSource(collection, one.document_id, { span: one.span }), { class: "link" }),
        featuresOf(one.features)),
      parts ? h("td", {}, one.part) : null,
      h("td", {}, one.missing.join(", ") || "–"),
      h("td", { class: "outcome" }, one.verdict))),
  ];
}

function featuresOf(features) {
  const known = Object.entries(features);
  if (!known.length) return null;
  return h("details", { class: "features" }, h("summary", {}, t("features")),
    h("p", {}, known.map(([name, value]) => `${name} ${formatNumber(value, 3)}`).join(" · ")));
}

function draftOf(draft) {
  return [
    h("h4", {}, t("draft")),
    table(t("draft"), [t("statement"), t("cites"), t("outcome")], draft.map((one) => h("tr", {},
      h("td", { class: "name" }, one.text),
      h("td", {}, one.citations.join(", ") || "–"),
      h("td", { class: "outcome" }, one.reason ?? t("kept"))))),
  ];
}

function timingsOf(timings) {
  const known = Object.entries(timings);
  const longest = Math.max(...known.map(([, ms]) => ms), 1);
  return [
    h("h4", {}, t("timings")),
    h("dl", { class: "timings" }, known.map(([stage, ms]) => {
      const line = h("span", { class: "line" });
      line.style.inlineSize = `${Math.max(0.5, (ms / longest) * 100)}%`;
      return h("div", {}, h("dt", {}, stage), h("dd", {}, line, h("span", {}, `${formatNumber(ms, 1)} ms`)));
    })),
  ];
}

function settingsOf(settings) {
  return h("details", { class: "features" }, h("summary", {}, t("settings")),
    h("pre", { tabindex: "0", "aria-label": t("settings") }, JSON.stringify(settings, null, 2)));
}

function growing(caption, heads, values, rowOf) {
  const made = table(caption, heads, values.slice(0, MOST_ROWS).map(rowOf));
  const left = values.length - MOST_ROWS;
  if (left <= 0) return made;
  const rest = button(t("show_more", left), () => {
    put(made.querySelector("tbody"), values.slice(MOST_ROWS).map(rowOf));
    rest.remove();
  }, { class: "plain" });
  return [made, rest];
}

export function routeName(route) {
  return { bm25: "BM25", dense: t("dense") }[route] ?? route;
}

function rankAndScore(found) {
  if (!found) return "–";
  return [String(found.rank), h("span", { class: "score" }, score(found.score))];
}

function score(value) {
  return value === null || value === undefined ? "–" : formatNumber(value, Math.abs(value) < 1 ? 3 : 2);
}
