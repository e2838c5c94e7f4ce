// The explorer of answers. Texts are those of questions and documents: they become text nodes, never
// markup.
"use strict";

const PAGE = 50; // questions that are added at once
const data = JSON.parse(document.getElementById("data").textContent);
const GOOD = new Set(["right", "rightly refused"]);
const BAD = new Set(["wrong", "answered"]);

function make(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function select(label, options) {
  const input = make("select", {});
  options.forEach(([value, text]) => input.append(make("option", { value }, text)));
  return { input, label: make("label", {}, label, input) };
}

const outcomeOf = (question) => question.outcome || "not judged";

function choice(label, valueOf, order) {
  const counts = new Map(order.map((value) => [value, 0]));
  for (const question of data.questions) {
    const value = valueOf(question);
    counts.set(value, (counts.get(value) || 0) + 1);
  }
  const found = [...counts].filter(([, count]) => count);
  const options = found.map(([value, count]) => [value, `${value || "not given"} (${count})`]);
  return { ...select(label, [["*", "any"], ...options]), valueOf, values: found.length };
}

function explorer(root) {
  const choices = [
    choice("Outcome", outcomeOf, data.outcomes),
    choice("Kind", (question) => question.kind, []),
    choice("Language", (question) => question.language, []),
    choice("Half", (question) => question.half, []),
  ].filter((found, n) => n === 0 || found.values > 1);
  const search = make("input", { type: "search", autocomplete: "off" });
  const count = make("p", { "aria-live": "polite", class: "note" });
  const list = make("div", {});
  const more = make("button", { type: "button", class: "more" });
  let found = [];

  function matches(question) {
    if (choices.some(({ input, valueOf }) => input.value !== "*" && input.value !== valueOf(question))) {
      return false;
    }
    const wanted = search.value.trim().toLowerCase();
    return !wanted || `${question.id} ${question.question} ${question.text}`.toLowerCase().includes(wanted);
  }

  function add() {
    const start = list.childElementCount;
    found.slice(start, start + PAGE).forEach((question) => list.append(item(question)));
    const left = found.length - list.childElementCount;
    more.hidden = left <= 0;
    more.textContent = `Show ${Math.min(PAGE, left)} more of ${left}`;
  }

  function update() {
    found = data.questions.filter(matches);
    count.textContent = `${found.length} of ${data.questions.length} questions`;
    list.replaceChildren();
    add();
  }

  more.addEventListener("click", add);
  search.addEventListener("input", update);
  choices.forEach(({ input }) => input.addEventListener("change", update));
  const labels = choices.map(({ label }) => label);
  root.append(
    make("div", { class: "controls" }, ...labels, make("label", {}, "Text or id", search)),
    count, list, more,
  );
  update();
}

function item(question) {
  const outcome = outcomeOf(question);
  const result = GOOD.has(outcome) ? "won" : BAD.has(outcome) ? "lost" : "same";
  const asked = make("span", { class: "asked", lang: question.language }, question.question);
  const summary = make("summary", {}, asked, make("span", { class: "ranks" }, outcome));
  const node = make("details", { class: `question ${result}` }, summary);
  node.addEventListener("toggle", () => {
    if (node.open && node.childElementCount === 1) node.append(...opened(question));
  });
  return node;
}

function opened(question) {
  const about = [question.id, question.language, question.kind, question.half, question.mode,
    `${Math.round(question.milliseconds)} ms`].filter(Boolean).join(", ");
  const parts = [make("p", { class: "id" }, about)];
  if (question.history.length) {
    const turns = question.history.map((turn) => make("li", {}, `${turn.role}: ${turn.content}`));
    parts.push(make("h3", {}, "Said before"), make("ul", {}, ...turns));
  }
  parts.push(make("h3", {}, question.mode === "abstained" ? "Refused" : "Answer"), ...said(question));
  if (question.must_hold.length || question.must_not_hold.length) {
    parts.push(make("h3", {}, "A right answer"), expected(question));
  }
  if (question.near) parts.push(make("p", { class: "note" }, `Nearly asked for: ${question.near}`));
  if (question.citations.length) parts.push(make("h3", {}, "Citations"), citations(question));
  return parts;
}

function said(question) {
  if (question.mode === "abstained") {
    return [question.text, question.reason].filter(Boolean).map((text) => make("p", { class: "said" }, text));
  }
  return question.sentences.map((sentence) => {
    const numbers = sentence.citations.map((n) => `[${n}]`).join("");
    const setting = sentence.setting ? [make("span", { class: "setting" }, sentence.setting)] : [];
    return make("p", { class: "said" }, ...setting, `${sentence.text} ${numbers}`);
  });
}

function expected(question) {
  const held = question.must_hold.map((group) => {
    const mark = group.held === null ? "" : group.held ? "✓ " : "✗ missing: ";
    const look = group.held === null ? "" : group.held ? "held" : "missing";
    return make("li", { class: look }, `${mark}holds ${group.alternatives.join(" | ")}`);
  });
  const forbidden = new Set(question.forbidden);
  const kept = question.must_not_hold.map((text) => {
    const found = forbidden.has(text);
    return make("li", { class: found ? "missing" : "" }, `${found ? "✗ found: " : ""}does not hold ${text}`);
  });
  return make("ul", { class: "expected" }, ...held, ...kept);
}

function citations(question) {
  const rows = question.citations.map((citation) => make("tr", {},
    make("td", {}, `[${citation.n}]`),
    make("td", { class: "text" }, citation.title, " ", make("span", { class: "id" }, citation.document)),
    make("td", { class: "text" }, citation.quote)));
  return make("div", { class: "scroll" }, make("table", {}, make("tbody", {}, ...rows)));
}

explorer(document.getElementById("explorer"));
