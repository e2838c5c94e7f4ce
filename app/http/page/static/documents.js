// Collections and what is in them.
import { api } from "./api.js";
import { confirm } from "./dialogs.js";
import { announce, button, fill, h, put, table } from "./dom.js";
import { notice } from "./errors.js";
import { openSource } from "./source.js";
import { formatNumber, formatTime, setCollection, setCollections, state, t } from "./state.js";
import { filesIn, renderUploads, takeFiles, whenTaken } from "./uploads.js";

const PAGE = 50;
/** Names that a collection may have. */
const NAME = "[a-z0-9][a-z0-9_\\-]{0,62}";

/** How many listings were asked for; only the last one is shown. */
let listings = 0;

/** Reads the list of collections again. */
export async function readCollections() {
  setCollections(await api.collections());
}

whenTaken(async (collection) => {
  await readCollections().catch(() => {});
  if (collection === state.collection) showDocuments();
});

export function renderDocuments(main) {
  fill(main,
    h("h1", { tabindex: "-1" }, t("documents_title")),
    h("section", { id: "collections" }),
    h("section", { id: "drop" }),
    h("section", { id: "uploads" }),
    h("section", { id: "listing" }));
  refreshDocuments();
}

/** Draws the parts that depend on the collections. */
export function refreshDocuments() {
  if (!document.getElementById("collections")) return;
  showCollections();
  showDrop();
  renderUploads();
  showDocuments();
}

function showCollections() {
  const rows = state.collections.map((one) => h("tr", { class: one.name === state.collection ? "chosen" : null },
    h("td", { class: "name" }, button(one.name, () => setCollection(one.name), {
      class: "link", "aria-current": one.name === state.collection ? "true" : null,
    })),
    h("td", { class: "number" }, formatNumber(one.documents)),
    h("td", { class: "number" }, formatNumber(one.chunks)),
    h("td", { class: "act" }, button(t("delete"), () => dropCollection(one.name), {
      class: "link danger-link", "aria-label": t("delete_named", one.name),
    }))));
  const field = h("input", { id: "new-name", required: true, pattern: NAME, maxlength: "63",
    autocomplete: "off", spellcheck: "false", placeholder: t("new_placeholder"), "aria-describedby": "new-help" });
  fill(document.getElementById("collections"),
    h("h2", {}, t("collections")),
    rows.length
      ? table(t("collections"), [t("name"), t("documents"), t("chunks"), h("span", { class: "unseen" }, t("delete"))], rows)
      : state.listed && h("p", { class: "faint" }, t("no_collections")),
    h("form", { class: "making", on: { submit: (event) => { event.preventDefault(); make(field.value); } } },
      h("label", { for: "new-name" }, t("new_collection")),
      h("div", { class: "field" }, field, h("button", { type: "submit", class: "plain" }, t("create"))),
      h("p", { id: "new-help", class: "faint" }, t("new_help"))));
}

/** A collection begins with its first document; until then it is a name that was chosen. */
function make(name) {
  state.made = name;
  setCollection(name);
  refreshDocuments();
  announce(t("chosen", name));
  document.getElementById("files").focus();
}

async function dropCollection(name) {
  if (!(await confirm(t("delete_named", name), t("delete_collection_text"), t("delete")))) return;
  await attempt("collections", async () => {
    await api.dropCollection(name);
    announce(t("deleted", name));
    if (state.made === name) state.made = "";
    await readCollections();
  });
}

function showDrop() {
  const section = document.getElementById("drop");
  const into = state.collection || "default";
  if (section.dataset.into === into) return;
  section.dataset.into = into;
  const chooser = (attributes) => {
    const input = h("input", { type: "file", class: "unseen", ...attributes, on: { change: () => {
      takeFiles(into, [...input.files].map((file) => [file.webkitRelativePath || file.name, file]));
      input.value = "";
    } } });
    return input;
  };
  const folder = chooser({ id: "folder", webkitdirectory: true, tabindex: "-1", "aria-hidden": "true" });
  const zone = h("label", { class: "drop", for: "files", on: {
    dragover: (event) => { event.preventDefault(); zone.classList.add("over"); },
    dragleave: () => zone.classList.remove("over"),
    drop: async (event) => {
      event.preventDefault();
      zone.classList.remove("over");
      takeFiles(into, await filesIn(event.dataTransfer));
    },
  } }, h("strong", {}, t("drop", into)), h("span", { class: "faint" }, t("drop_kinds")));
  fill(section, h("h2", {}, t("add_documents")),
    chooser({ id: "files", multiple: true }), zone, folder,
    h("p", {}, button(t("choose_folder"), () => folder.click(), { class: "link" })));
}

async function showDocuments() {
  const section = document.getElementById("listing");
  if (!section) return;
  listings += 1;
  const mine = listings;
  const name = state.collection;
  if (!state.collections.some((one) => one.name === name)) {
    fill(section);
    return;
  }
  try {
    const first = await api.documents(name, "", PAGE);
    if (mine !== listings) return;
    const made = table(t("documents"), [t("document"), t("chunks"), t("characters"), t("updated"),
      h("span", { class: "unseen" }, t("delete"))], first.items.map((one) => rowOf(name, one)));
    fill(section, h("h2", {}, t("documents_of", name)),
      first.items.length ? made : h("p", { class: "faint" }, t("no_documents")));
    if (first.next) put(section, nextOf(name, made, first.next));
  } catch (error) {
    if (mine === listings) fill(section, notice(error, { again: showDocuments }));
  }
}

function nextOf(name, made, after) {
  const more = button(t("more"), async () => {
    try {
      const page = await api.documents(name, after, PAGE);
      put(made.querySelector("tbody"), page.items.map((one) => rowOf(name, one)));
      if (page.next) more.replaceWith(nextOf(name, made, page.next));
      else more.remove();
    } catch (error) {
      more.after(notice(error));
    }
  }, { class: "plain" });
  return more;
}

function rowOf(name, one) {
  const row = h("tr", {},
    h("td", { class: "name" },
      button(one.title || one.id, () => openSource(name, one.id, { title: one.title }), { class: "link" }),
      one.title && one.title !== one.id ? h("span", { class: "path" }, one.id) : null),
    h("td", { class: "number" }, formatNumber(one.chunks)),
    h("td", { class: "number" }, formatNumber(one.characters)),
    h("td", { class: "number" }, formatTime(one.updated_at)),
    h("td", { class: "act" }, button(t("delete"), async () => {
      const shown = one.title || one.id;
      if (!(await confirm(t("delete_named", shown), t("delete_document_text"), t("delete")))) return;
      await attempt("listing", async () => {
        await api.deleteDocument(name, one.id);
        row.remove();
        announce(t("deleted", shown));
        await readCollections();
        showCollections();
      });
    }, { class: "link danger-link", "aria-label": t("delete_named", one.title || one.id) })));
  return row;
}

async function attempt(place, act) {
  try {
    await act();
  } catch (error) {
    put(document.getElementById(place), notice(error));
  }
}
