// 读身份证: what a reader types, or the CSV of its software, is read by the server and fills the worker's form. What the
// chip says stands before what was typed. The proof goes with the form, which then marks the worker as read from the chip.
(() => {
  "use strict";
  const dialog = document.getElementById("card-dialog");
  const opener = document.querySelector("[data-card-reader]");
  if (!dialog || !opener) return;
  const form = opener.form;
  const inner = dialog.querySelector("form");
  const [text, file, reader] = ["card-text", "card-file", "card-reader-no"].map((id) => document.getElementById(id));
  const problem = dialog.querySelector("[data-card-problem]");
  const KEPT = "card-reader-no";
  const blame = (words) => { problem.textContent = words; problem.hidden = !words; };
  const fill = (values) => Object.entries(values).forEach(([name, value]) => {
    const field = form.elements[name];
    if (!field || field.value === value || !("value" in field)) return;
    field.value = value;
    field.dispatchEvent(new Event("picker:refresh"));
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  opener.addEventListener("click", () => {
    inner.reset();
    blame("");
    try { reader.value = localStorage.getItem(KEPT) || ""; } catch { /* nothing kept */ }
    dialog.showModal();
    text.focus();
  });
  dialog.querySelector("[data-card-no]").addEventListener("click", () => dialog.close());
  inner.addEventListener("submit", async (event) => {
    event.preventDefault();
    const data = new FormData();
    data.set("text", text.value);
    data.set("reader_no", reader.value);
    if (file.files[0]) data.set("file", file.files[0]);
    try {
      const answer = await fetch(dialog.dataset.cardUrl, { method: "POST", body: data, headers: { Accept: "application/json", "X-CSRFToken": window.ui.token() } });
      if (!answer.ok) throw new Error(String(answer.status));
      const found = await answer.json();
      if (!found.ok) { blame(found.message); return; }
      try { localStorage.setItem(KEPT, reader.value); } catch { /* not kept */ }
      fill(found.fill);
      if (form.elements.chip_proof) form.elements.chip_proof.value = found.proof;
      dialog.close();
      form.elements.id_number?.focus();
    } catch { blame(window.ui.say("failed")); }
  });
})();
