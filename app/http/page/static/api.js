// The same HTTP interface that every client has; paths are relative, so that a proxy may prefix them.
import { key } from "./state.js";

/** An error that the service told, or `offline` where it told nothing. */
export class ApiError extends Error {
  constructor(status, error = {}, retryAfter = null) {
    super(error.message ?? "");
    this.status = status;
    this.code = error.code ?? (status === 0 ? "offline" : "unknown");
    this.requestId = error.request_id ?? "";
    this.retryAfter = Number(retryAfter) || 0;
  }
}

function headers(extra = {}) {
  // A header holds bytes; these are the key's in UTF-8.
  const bytes = new TextEncoder().encode(key());
  return key() ? { ...extra, "X-API-Key": String.fromCharCode(...bytes) } : extra;
}

async function send(path, { method = "GET", body, signal } = {}) {
  const options = { method, signal, cache: "no-store", credentials: "omit", headers: headers() };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers = headers({ "Content-Type": "application/json" });
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0);
  }
  if (response.ok) return response;
  const told = await response.json().catch(() => ({}));
  throw new ApiError(response.status, told.error, response.headers.get("Retry-After"));
}

async function json(path, options) {
  const response = await send(path, options);
  return response.status === 204 ? null : response.json();
}

function within(collection, rest) {
  return `v1/collections/${encodeURIComponent(collection)}${rest}`;
}

export const api = {
  collections: async () => (await json("v1/collections")).items,
  dropCollection: (name) => json(within(name, ""), { method: "DELETE" }),
  documents: (name, after, limit) =>
    json(within(name, `/documents?${new URLSearchParams({ after, limit })}`)),
  document: (name, id) => json(within(name, `/documents/${encodeURIComponent(id)}`)),
  deleteDocument: (name, id) =>
    json(within(name, `/documents/${encodeURIComponent(id)}`), { method: "DELETE" }),
  job: (id) => json(`v1/jobs/${encodeURIComponent(id)}`),
  search: (name, body, signal) => json(within(name, "/search"), { method: "POST", body, signal }),
  answer,
  upload,
  ready,
};

/** What `/readyz` says, whatever its status. */
async function ready() {
  try {
    return await (await fetch("readyz", { cache: "no-store" })).json();
  } catch {
    throw new ApiError(0);
  }
}

/** The events of a streamed answer, each as `[name, data]`; the last one is `answer`. */
async function* answer(name, body, signal) {
  const response = await send(within(name, "/answer"), {
    method: "POST", body: { ...body, stream: true }, signal,
  });
  let left = "";
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const blocks = (left + value).split(/\r?\n\r?\n/);
      left = blocks.pop();
      for (const block of blocks) {
        const event = read(block);
        if (event === null) continue;
        if (event[0] === "error") throw new ApiError(500, event[1].error);
        yield event;
        if (event[0] === "answer") return;
      }
    }
  } catch (error) {
    if (error instanceof ApiError || error.name === "AbortError") throw error;
    throw new ApiError(0);
  }
  throw new ApiError(0);
}

function read(block) {
  let name = "message";
  const data = [];
  for (const line of block.split(/\r?\n/)) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
  }
  return data.length ? [name, JSON.parse(data.join("\n"))] : null;
}

/** Sends one file under a name and returns the id of its job. `fetch` can't tell how much of a body has gone. */
function upload(name, file, path, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", within(name, "/documents"));
    for (const [header, value] of Object.entries(headers())) request.setRequestHeader(header, value);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    request.addEventListener("load", () => {
      let told = {};
      try {
        told = JSON.parse(request.responseText);
      } catch {
        // A proxy's page; the status says enough.
      }
      if (request.status < 300) resolve(told.job_id);
      else reject(new ApiError(request.status, told.error, request.getResponseHeader("Retry-After")));
    });
    request.addEventListener("error", () => reject(new ApiError(0, { code: "cut_off" })));
    const form = new FormData();
    form.append("file", file, path);
    request.send(form);
  });
}
