// The explorer of questions. Texts are the dataset's: they become text nodes, never markup.
"use strict";

const PAGE = 50; // questions that are added at once
const data = JSON.parse(document.getElementById("data").textContent);

function make(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

const rankText = (rank) => (rank === null ? "–" : String(rank));

function score(measure, rank) {
  if (rank === null || rank > measure.k) return 0;
  return measure.metric === "hit" ? 1 : 1 / rank;
}

function select(label, options, chosen) {
  const input = make("select", {});
  options.forEach(([value, text]) => input.append(make("option", { value }, text)));
  input.value = String(chosen);
  return { input, label: make("label", {}, label, input) };
}

function explorer(root) {
  const stages = data.stages.map((name, n) => [n, name]);
  const measures = data.measures.map((measure, n) => [n, measure.label]);
  const languages = [...new Set(data.questions.map((question) => question.lang))].sort();
  const kinds = [...new Set(data.questions.map((question) => question.kind))].sort();
  const shown = [
    ["all", "all questions"],
    ["won", "won by the stage"],
    ["lost", "lost by the stage"],
    ["missed", "missed by all stages"],
  ];
  const show = select("Show", shown, "all");
  const stage = select("Stage", stages, data.stages.indexOf(data.pair[0]));
  const baseline = select("against", stages, data.stages.indexOf(data.pair[1]));
  const measure = select("on", measures, data.measures.length - 1);
  const language = select("Language", [["", "any"], ...languages.map((x) => [x, x])], "");
  const kind = select("Kind", [["", "any"], ...kinds.map((x) => [x, x || "not given"])], "");
  const search = make("input", { type: "search", autocomplete: "off" });
  const controls = [show, stage, baseline, measure];
  if (languages.length > 1) controls.push(language);
  if (kinds.length > 1) controls.push(kind);
  const count = make("p", { "aria-live": "polite", class: "note" });
  const list = make("div", {});
  const more = make("button", { type: "button", class: "more" });
  let found = [];

  function gain(question) {
    const judged = data.measures[measure.input.value];
    const after = score(judged, question.ranks[stage.input.value]);
    return after - score(judged, question.ranks[baseline.input.value]);
  }

  function matches(question) {
    const wanted = search.value.trim().toLowerCase();
    const judged = data.measures[measure.input.value];
    const missed = question.ranks.every((rank) => score(judged, rank) === 0);
    if (show.input.value === "won" && gain(question) <= 0) return false;
    if (show.input.value === "lost" && gain(question) >= 0) return false;
    if (show.input.value === "missed" && !missed) return false;
    if (language.input.value && question.lang !== language.input.value) return false;
    if (kind.input.value && question.kind !== kind.input.value) return false;
    return !wanted || `${question.id} ${question.text}`.toLowerCase().includes(wanted);
  }

  function add() {
    const start = list.childElementCount;
    found.slice(start, start + PAGE).forEach((question) => list.append(item(question, gain(question))));
    const left = found.length - list.childElementCount;
    more.hidden = left <= 0;
    more.textContent = `Show ${Math.min(PAGE, left)} more of ${left}`;
  }

  function update() {
    found = data.questions.filter(matches);
    const sign = { won: -1, lost: 1 }[show.input.value];
    if (sign) found.sort((a, b) => sign * (gain(a) - gain(b)));
    count.textContent = `${found.length} of ${data.questions.length} questions; beside each, the rank `
      + `of the first relevant document: ${data.stages.join(" · ")}`;
    list.replaceChildren();
    add();
  }

  more.addEventListener("click", add);
  search.addEventListener("input", update);
  controls.forEach((control) => control.input.addEventListener("change", update));
  const labels = controls.map((control) => control.label);
  root.append(
    make("div", { class: "controls" }, ...labels, make("label", {}, "Text or id", search)),
    count, list, more,
  );
  update();
}

function item(question, gain) {
  const result = gain > 0 ? "won" : gain < 0 ? "lost" : "same";
  const ranks = question.ranks.map(rankText).join(" · ");
  const asked = make("span", { class: "asked", lang: question.lang }, question.text);
  const summary = make("summary", {}, asked, make("span", { class: "ranks" }, ranks));
  const node = make("details", { class: `question ${result}` }, summary);
  node.addEventListener("toggle", () => {
    if (node.open && node.childElementCount === 1) node.append(...opened(question));
  });
  return node;
}

function opened(question) {
  const relevant = new Set(question.relevant.map(([number]) => number));
  const about = [question.id, question.lang, question.kind].filter(Boolean).join(", ");
  const tops = data.stages.map((name, n) => {
    const documents = question.top[n].map((number) => {
      const mark = relevant.has(number) ? ["✓ "] : [];
      return make("li", mark.length ? { class: "relevant" } : {}, ...mark, ...titled(number));
    });
    const listed = documents.length ? make("ol", {}, ...documents) : make("p", {}, "nothing found");
    return make("div", {}, make("h3", {}, `First of ${name}`), listed);
  });
  return [
    make("p", { class: "id" }, about),
    make("h3", {}, "Relevant documents"),
    relevantTable(question),
    make("div", { class: "tops" }, ...tops),
  ];
}

function relevantTable(question) {
  const names = ["Document", "grade", ...data.stages];
  const head = make("tr", {}, ...names.map((name) => make("th", { scope: "col" }, name)));
  const rows = question.relevant.map(([number, grade, ranks]) => {
    const cells = [grade, ...ranks.map(rankText)].map((cell) => make("td", {}, String(cell)));
    return make("tr", {}, make("td", { class: "text" }, ...titled(number)), ...cells);
  });
  const table = make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows));
  const parts = [table];
  if (question.more) parts.push(make("p", { class: "note" }, `and ${question.more} more`));
  return make("div", { class: "scroll" }, ...parts);
}

function titled(number) {
  const [id, title] = data.documents[number];
  return [title, " ", make("span", { class: "id" }, id)];
}

explorer(document.getElementById("explorer"));
