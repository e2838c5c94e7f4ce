// Files on their way into a collection, each as a job of its own, so that each has its own outcome.
import { api } from "./api.js";
import { announce, fill, h, put } from "./dom.js";
import { wordsOf } from "./errors.js";
import { formatShare, t } from "./state.js";

const AT_ONCE = 3;
const MOST_SHOWN = 100;
const LONGEST_PAUSE_MS = 3_000;
const KEPT = "attest.jobs";

/** Newest first: `{name, collection, stage, share, job, error}`. */
const uploads = recall();
const waiting = [];
let working = 0;
let drawing = false;
let onEnd = () => {};

/** What is done when a file has been taken in. */
export function whenTaken(listener) {
  onEnd = listener;
}

/** Takes files, each with the path that becomes its document's id. */
export function takeFiles(collection, files) {
  for (const [name, file] of files) {
    // As the folders' own keepers have it, what begins with a dot is not for readers.
    if (name.split("/").some((part) => part.startsWith("."))) continue;
    const upload = { name, collection, stage: "waiting", share: 0, job: null, error: null, file };
    uploads.unshift(upload);
    waiting.push(upload);
  }
  renderUploads();
  while (working < AT_ONCE && waiting.length) work();
}

/** The files of a drop, those in folders too. */
export async function filesIn(transfer) {
  // To be asked for before anything is waited for: a drop is over by then.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files].map((file) => [file.name, file]);
  return (await Promise.all(entries.map(within))).flat();
}

async function within(entry) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    return [[entry.fullPath.replace(/^\//, ""), file]];
  }
  const found = [];
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return found;
    found.push(...(await Promise.all(some.map(within))).flat());
  }
}

async function work() {
  working += 1;
  while (waiting.length) await take(waiting.shift());
  working -= 1;
}

async function take(upload) {
  try {
    const id = await sent(upload);
    upload.file = null;
    upload.job = { job_id: id };
    await follow(upload);
  } catch (error) {
    upload.error = error;
    upload.stage = "failed";
  }
  remember();
  renderUploads();
  announce(`${upload.name}: ${said(upload)}`);
}

/** Tries again as long as the service says that it has too much to do. */
async function sent(upload) {
  for (;;) {
    upload.stage = "sending";
    renderUploads();
    try {
      return await api.upload(upload.collection, upload.file, upload.name, (share) => {
        upload.share = share;
        renderUploads();
      });
    } catch (error) {
      if (error.status !== 429) throw error;
      upload.stage = "waiting";
      renderUploads();
      await pause((error.retryAfter || 1) * 1_000);
    }
  }
}

async function follow(upload) {
  let wait = 200;
  for (;;) {
    remember();
    try {
      upload.job = await api.job(upload.job.job_id);
    } catch (error) {
      if (![0, 429, 503].includes(error.status)) throw error;
    }
    const { state } = upload.job;
    upload.stage = state ?? "queued";
    renderUploads();
    if (state === "done" || state === "failed") break;
    await pause(wait);
    wait = Math.min(wait * 1.5, LONGEST_PAUSE_MS);
  }
  onEnd(upload.collection);
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Jobs outlive the page: one that is loaded again goes on looking at them. */
function remember() {
  const kept = uploads.filter((one) => one.job).slice(0, 50)
    .map(({ name, collection, stage, job }) => ({ name, collection, stage, job, share: 1, error: null }));
  sessionStorage.setItem(KEPT, JSON.stringify(kept));
}

function recall() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
  } catch {
    return [];
  }
}

export function goOn() {
  for (const upload of uploads) {
    if (!upload.job || ["done", "failed"].includes(upload.stage)) continue;
    follow(upload).catch((error) => Object.assign(upload, { error, stage: "failed" })).then(renderUploads);
  }
}

/** Draws the list where it is seen, once however often it is asked for before the next frame. */
export function renderUploads() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    const list = document.getElementById("uploads");
    if (list) draw(list);
  });
}

function draw(list) {
  const groups = { bad: [], going: [], good: [] };
  for (const upload of uploads) groups[outcomeOf(upload)].push(upload);
  const shown = [...groups.bad, ...groups.going, ...groups.good].slice(0, MOST_SHOWN);
  list.hidden = !uploads.length;
  fill(list, h("h2", {}, t("jobs")),
    uploads.length > 1
      ? h("p", { class: "faint" }, t("jobs_so_far", groups.good.length, uploads.length, groups.bad.length))
      : null,
    h("ul", { class: "uploads" }, shown.map(uploadOf)));
}

function uploadOf(upload) {
  const { stage, job } = upload;
  const going = stage === "sending" || stage === "running" || stage === "queued";
  const item = h("li", { class: outcomeOf(upload) },
    h("span", { class: "title" }, upload.name),
    h("span", { class: "path" }, `→ ${upload.collection}`),
    h("span", { class: "stage" }, said(upload)));
  if (going) {
    put(item, stage === "sending"
      ? h("progress", { max: "1", value: upload.share, "aria-label": `${upload.name}: ${t("stage_sending")}` })
      : h("progress", { "aria-label": `${upload.name}: ${t(`stage_${stage}`)}` }));
  }
  const failures = job?.failed ?? [];
  if (failures.length) {
    put(item, h("ul", { class: "failures" }, failures.slice(0, 20).map((one) =>
      h("li", { lang: "en" }, `${one.file ?? one.id ?? ""}: ${one.reason}`))));
  }
  if (upload.error?.message) put(item, h("p", { class: "told", lang: "en" }, upload.error.message));
  else if (job?.error) put(item, h("p", { class: "told", lang: "en" }, job.error));
  return item;
}

function outcomeOf({ stage, job, error }) {
  if (error || stage === "failed" || (stage === "done" && job.failed_count)) return "bad";
  return stage === "done" ? "good" : "going";
}

function said({ stage, share, job, error }) {
  if (error) return wordsOf(error);
  if (stage === "sending") return `${t("stage_sending")} ${formatShare(share)}`;
  if (stage !== "done") return t(`stage_${stage}`);
  return [
    job.indexed ? t("indexed", job.indexed) : null,
    job.skipped ? t("unchanged", job.skipped) : null,
    job.failed_count ? t("not_taken", job.failed_count) : null,
  ].filter(Boolean).join(", ") || t("nothing_in_it");
}
