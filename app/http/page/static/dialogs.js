// Two dialogs: one asks for the key, one asks whether something is really meant.
import { button, fill, h } from "./dom.js";
import { key, setKey, t } from "./state.js";

function open(label, build) {
  const dialog = h("dialog", { "aria-labelledby": "dialog-title" });
  fill(dialog, h("h2", { id: "dialog-title" }, label), build(() => dialog.close()));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

export function askForKey() {
  const input = h("input", {
    id: "key-field", type: "password", autocomplete: "off", spellcheck: "false", value: key(),
  });
  const save = (close) => (event) => {
    event.preventDefault();
    setKey(input.value.trim());
    close();
  };
  open(t("key_title"), (close) =>
    h("form", { on: { submit: save(close) } },
      h("p", {}, t("key_help")),
      h("label", { for: "key-field" }, t("key_label")),
      input,
      h("div", { class: "row end" },
        key() ? button(t("key_forget"), () => { setKey(""); close(); }, { class: "plain" }) : null,
        button(t("cancel"), close, { class: "plain" }),
        h("button", { type: "submit", class: "strong" }, t("key_save")))));
}

/** Resolves to whether the person agreed. `Escape` and the first button do not. */
export function confirm(title, text, action) {
  return new Promise((resolve) => {
    let agreed = false;
    const dialog = open(title, (close) => [
      h("p", {}, text),
      h("div", { class: "row end" },
        button(t("cancel"), close, { class: "plain", autofocus: true }),
        button(action, () => { agreed = true; close(); }, { class: "danger" })),
    ]);
    dialog.addEventListener("close", () => resolve(agreed));
  });
}
