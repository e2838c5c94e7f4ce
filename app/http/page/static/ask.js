// The conversation: questions, answers as they stream, and what is asked next.
import { api } from "./api.js";
import { endOf, sentenceOf } from "./answer.js";
import { announce, button, fill, h, languageOf, put } from "./dom.js";
import { notice } from "./errors.js";
import { closeSource } from "./source.js";
import { state, t } from "./state.js";

/** Characters of a question; answers and characters of all messages in a history. */
const MOST_CHARACTERS = 8_000;
const MOST_TURNS = 10;
const MOST_HISTORY = 60_000;

let turns = [];
let running = null;
let draft = "";

export function renderAsk(main) {
  const list = h("div", { class: "turns" }, turns.map(turnOf));
  const field = h("textarea", {
    id: "question", rows: "1", maxlength: MOST_CHARACTERS, placeholder: t("question_placeholder"),
    "aria-describedby": "question-help", on: { input: grow, keydown: sendOnEnter },
  });
  field.value = draft;
  fill(main,
    h("h1", { class: turns.length ? "unseen" : "opening", tabindex: "-1" }, t("ask_title")),
    h("div", { id: "opening" }, turns.length ? null : openingOf()),
    list,
    h("form", { class: "composer", on: { submit: (event) => { event.preventDefault(); ask(field); } } },
      h("label", { class: "unseen", for: "question" }, t("question")),
      h("div", { class: "field" }, field, actionOf()),
      h("div", { class: "under" },
        h("p", { id: "question-help", class: "faint" }, t("question_help")),
        turns.length ? button(t("new_conversation"), startAnew, { class: "link" }) : null)));
  grow.call(field);
}

/** Says how to begin, once it is known whether there is anything to ask. */
export function refreshOpening() {
  const opening = document.getElementById("opening");
  if (opening && !turns.length) fill(opening, openingOf());
}

function openingOf() {
  if (!state.listed) return null;
  if (!state.collections.length) {
    return h("div", { class: "empty" }, h("p", {}, t("empty_service")),
      h("a", { class: "button strong", href: "#documents" }, t("add_documents")));
  }
  return h("p", { class: "lead" }, t("ask_lead"));
}

function actionOf() {
  return running
    ? button(t("stop"), () => running.abort(), { class: "plain send" })
    : h("button", { type: "submit", class: "strong send" }, t("ask"));
}

function grow() {
  draft = this.value;
  this.style.blockSize = "auto";
  this.style.blockSize = `${Math.min(this.scrollHeight + 2, 240)}px`;
}

function sendOnEnter(event) {
  // While Chinese is being composed, Enter chooses a word.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  this.form.requestSubmit();
}

function startAnew() {
  running?.abort();
  turns = [];
  closeSource();
  refresh();
  document.getElementById("question").focus();
}

/** Renders anew where this view is what is seen. */
function refresh() {
  if (document.getElementById("question")) renderAsk(document.getElementById("main"));
}

function turnOf(turn) {
  turn.body = h("div", { class: "answer", "aria-live": "polite", "aria-busy": String(!turn.ended) });
  const said = h("section", { class: "turn", "aria-label": turn.question },
    h("h2", { class: "question", lang: languageOf(turn.question) }, turn.question), turn.body);
  turn.sentences.forEach((sentence) => say(turn, sentence));
  if (turn.ended) end(turn);
  else put(turn.body, h("p", { class: "waiting" }, t("searching")));
  return said;
}

function say(turn, sentence) {
  const waiting = turn.body.querySelector(".waiting");
  const said = sentenceOf(turn.collection, sentence, turn.sources);
  if (waiting) waiting.before(said);
  else turn.body.append(said);
}

function end(turn) {
  turn.body.querySelector(".waiting")?.remove();
  turn.body.setAttribute("aria-busy", "false");
  if (turn.answer) put(turn.body, endOf(turn.collection, turn.answer));
  if (turn.stopped) put(turn.body, h("p", { class: "note" }, t("stopped")));
  if (turn.error) put(turn.body, notice(turn.error, { again: () => askAgain(turn) }));
}

function askAgain(turn) {
  if (running) return;
  turns = turns.filter((one) => one !== turn);
  run(turn.question);
}

function ask(field) {
  const question = field.value.trim();
  if (!question || running) return;
  draft = "";
  run(question);
  document.getElementById("question").focus();
}

/** The latest questions with their answers, as many as there is room for. */
function historyOf() {
  let room = MOST_HISTORY;
  return turns
    .filter((turn) => turn.answer)
    .slice(-MOST_TURNS)
    .map((turn) => [turn.question, turn.answer.answer || turn.answer.reason || ""])
    .reverse()
    .filter(([question, said]) => (room -= question.length + said.length) >= 0)
    .reverse()
    .flatMap(([question, said]) => [
      { role: "user", content: question },
      { role: "assistant", content: said.slice(0, MOST_CHARACTERS).toWellFormed() },
    ]);
}

async function run(question) {
  const turn = {
    question, collection: state.collection || "default", sentences: [], sources: new Map(),
    answer: null, error: null, stopped: false, ended: false, body: null,
  };
  const history = historyOf();
  turns.push(turn);
  const mine = new AbortController();
  running = mine;
  refresh();
  turn.body?.closest(".turn")?.scrollIntoView({ block: "start" });
  try {
    const body = { query: question, history, explain: true };
    for await (const [name, data] of api.answer(turn.collection, body, mine.signal)) {
      if (name === "sentence") {
        for (const source of data.sources) turn.sources.set(source.n, source);
        turn.sentences.push(data);
        say(turn, data);
      } else if (name === "answer") {
        turn.answer = data;
      }
    }
  } catch (error) {
    if (mine.signal.aborted) turn.stopped = true;
    else turn.error = error;
  }
  turn.ended = true;
  if (running === mine) running = null;
  end(turn);
  if (turn.answer) announce(t("answer_complete"));
  const form = document.querySelector(".composer .send");
  if (form && !running) form.replaceWith(actionOf());
}
