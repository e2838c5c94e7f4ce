// Says errors in words, with what to do.
import { button, h } from "./dom.js";
import { t } from "./state.js";

const BY_CODE = new Set(["offline", "cut_off", "cross_site", "wrong_host", "not_ready", "collection_busy",
  "collection_rebuilt", "model_missing", "fingerprint_mismatch", "remote_unavailable"]);
const BY_STATUS = new Set([401, 403, 404, 408, 413, 415, 429, 500, 503]);

/** What happened and what to do, in the language of the page; else what the service says. */
export function wordsOf(error) {
  if (BY_CODE.has(error.code)) return t(`error_${error.code}`);
  if (BY_STATUS.has(error.status)) return t(`error_${error.status}`);
  return t("error_other");
}

/** A notice of an error; `again` makes a button that tries once more. */
export function notice(error, { again = null, openKey = true } = {}) {
  const said = error.message && error.status !== 401 ? error.message : "";
  return h("div", { class: "notice", role: "alert" },
    h("p", {}, wordsOf(error)),
    said ? h("p", { class: "told", lang: "en" }, said) : null,
    error.requestId && error.status >= 500
      ? h("p", { class: "told" }, `${t("request_id")} ${error.requestId}`) : null,
    h("div", { class: "row" },
      error.status === 401 && openKey
        ? button(t("enter_key"), () => document.getElementById("key").click(), { class: "plain" })
        : null,
      again ? button(t("again"), again, { class: "plain" }) : null));
}
