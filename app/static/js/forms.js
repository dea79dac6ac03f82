// Rows of sub-tables, instant answers, previews and sizes of files, progress of long forms, a word before leaving unsaved work.
(() => {
  "use strict";
  const { say, token } = window.ui;

  const number = (list) => list.querySelectorAll(":scope > [data-row]").forEach((row, at) => {
    row.querySelector("[data-row-number]").textContent = at + 1;
  });
  document.querySelectorAll("[data-rows]").forEach((list) => {
    const template = list.querySelector(":scope > template[data-row-template]");
    const add = list.querySelector(":scope > [data-row-add]");
    let next = Number(template?.dataset.index || 0);
    const limits = () => {
      const count = list.querySelectorAll(":scope > [data-row]").length;
      if (add) add.hidden = count >= Number(list.dataset.max);
      list.querySelectorAll(":scope > [data-row] > [data-row-remove]").forEach((button) => { button.hidden = count <= Number(list.dataset.min); });
      number(list);
    };
    add?.addEventListener("click", () => {
      const stem = list.dataset.rows;
      const holder = document.createElement("div");
      holder.innerHTML = template.innerHTML.replaceAll(`${stem}-${template.dataset.index}`, `${stem}-${next}`);
      next += 1;
      const row = holder.firstElementChild;
      template.before(row);
      window.ui.enhance(row);
      prepare(row);
      limits();
      row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    });
    list.addEventListener("click", (event) => {
      const button = event.target.closest("[data-row-remove]");
      if (!button || button.closest("[data-rows]") !== list) return;
      button.closest("[data-row]").remove();
      limits();
      list.dispatchEvent(new Event("change", { bubbles: true }));
    });
    limits();
  });

  // data-answer-url: POSTs value and the fields named in data-answer-with (names, blank separated); answers
  // {ok, lines: [{level: info|ok|warn|error, text}], fill: {field name: value}} beneath the field. POST, so that
  // numbers of persons stay out of addresses and logs.
  // A level of an alert (yellow, orange, red) makes a panel in its colour. {reason: bool} shows or hides the field
  // marked data-on-reason, which is only asked for then; what is typed there or complained about stays.
  const tones = { info: "blue", ok: "green", warn: "amber", error: "red", yellow: "amber hit", orange: "orange hit", red: "red hit" };
  const offerReason = (form, wanted) => form.querySelectorAll("[data-on-reason]").forEach((one) => {
    const field = one.closest(".field");
    field.hidden = !wanted && !one.value && !field.matches(".in-error");
  });
  // Only an empty field, or one that still holds what an earlier answer of the same field put there, is filled:
  // what was typed, or came back with a refused form, stays. ``given`` keeps name → value of what was put where.
  const held = (target) => (target.type === "checkbox" ? (target.checked ? "on" : "") : target.value);
  const isOpen = (target, name, given) => !held(target) || given.get(name) === held(target);
  const setValue = (target, value) => {
    if (target.type === "checkbox") target.checked = Boolean(value);
    else if (target.tagName === "SELECT" && value && typeof value === "object") {
      if (![...target.options].some((one) => one.value === String(value.id))) target.append(new Option(value.text, value.id));
      target.value = value.id;
    } else target.value = value ?? "";
    if (target instanceof RadioNodeList) return;
    target.dispatchEvent(new Event("picker:refresh"));
    target.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const fill = (field, values, given) => {
    const prefix = field.name.match(/^(.*-\d+-)/)?.[1] || "";
    const wanted = { ...Object.fromEntries([...given.keys()].map((name) => [name, ""])), ...values };
    for (const [name, value] of Object.entries(wanted)) {
      const target = field.form.elements[prefix + name] || field.form.elements[name];
      if (!target || !isOpen(target, name, given)) continue;
      given.delete(name);
      const plain = String((value && typeof value === "object" ? value.id : value) ?? "");
      const next = target.type === "checkbox" ? (value ? "on" : "") : plain;
      if (next) given.set(name, next);
      if (held(target) !== next) setValue(target, value);
    }
  };
  const answerFor = (field) => {
    const box = document.createElement("div");
    box.className = "answer";
    box.setAttribute("aria-live", "polite");
    (field.closest(".with-unit, .combo") || (field.nextElementSibling?.matches(".combo") ? field.nextElementSibling : field)).after(box);
    const given = new Map();
    const typed = (name) => {  // what an answer put there was not typed
      const value = field.form.elements[name]?.value || "";
      return given.get(name) === value ? "" : value;
    };
    let timer = null;
    let last = null;
    const ask = async () => {
      const value = field.value.trim();
      const data = new URLSearchParams({ value });
      (field.dataset.answerWith || "").split(/\s+/).filter(Boolean).forEach((name) => data.set(name, typed(name)));
      if (data.toString() === last) return;
      last = data.toString();
      if (!value) { box.replaceChildren(); return; }
      try {
        const answer = await fetch(field.dataset.answerUrl, { method: "POST", body: data, headers: { Accept: "application/json", "X-CSRFToken": token() } });
        if (!answer.ok) throw new Error(String(answer.status));
        const result = await answer.json();
        if (data.toString() !== last) return;
        const said = document.getElementById(`${field.id}-error`)?.textContent || "";  // not the same words twice
        box.replaceChildren(...(result.lines || []).filter((line) => !said.includes(line.text)).map((line) => {
          const row = document.createElement("p");
          row.className = tones[line.level] || "blue";
          row.textContent = line.text;
          if (line.submit) {  // a word that saves the form: what it says happens with the saving
            const button = document.createElement("button");
            button.className = "word";
            button.textContent = line.submit;
            row.append(" ", button);
          }
          return row;
        }));
        if ("reason" in result) offerReason(field.form, result.reason);
        fill(field, result.ok ? result.fill : {}, given);
      } catch { last = null; box.replaceChildren(); }
    };
    const least = Number(field.dataset.answerLength || 0);
    field.addEventListener("input", () => { clearTimeout(timer); if (!least || field.value.trim().length >= least) timer = setTimeout(ask, 350); });
    field.addEventListener("blur", ask);
    if (field.tagName === "SELECT") field.addEventListener("change", ask);
    (field.dataset.answerWith || "").split(/\s+/).filter(Boolean).forEach((name) => field.form.elements[name]?.addEventListener?.("change", ask));
    if (field.value) ask();
  };
  document.querySelectorAll("form").forEach((form) => offerReason(form, false));

  // data-max-bytes: a file above the limit of its field is told at once and never sent; the form stays as it is.
  const MEGABYTE = 1048576;
  const readable = (bytes) => (bytes >= MEGABYTE ? `${Math.ceil((bytes * 10) / MEGABYTE) / 10} MB` : `${Math.ceil((bytes * 10) / 1024) / 10} KB`);
  const most = Number(document.getElementById("words")?.dataset.maxRequest || 0) - MEGABYTE;  // the other fields need room too
  const blame = (field, sentence) => {
    const id = `${field.id}-size`;
    document.getElementById(id)?.remove();
    const described = (field.getAttribute("aria-describedby") || "").split(/\s+/).filter((one) => one && one !== id);
    field.setAttribute("aria-describedby", (sentence ? [...described, id] : described).join(" "));
    field.closest(".field")?.classList.toggle("in-error", Boolean(sentence));
    if (!sentence) { field.removeAttribute("aria-invalid"); return; }
    const words = document.createElement("p");
    words.className = "error";
    words.id = id;
    words.setAttribute("role", "alert");
    const drop = document.createElement("button");
    drop.type = "button";
    drop.className = "word danger";
    drop.textContent = say("remove");
    drop.addEventListener("click", () => { field.value = ""; field.dispatchEvent(new Event("change", { bubbles: true })); field.focus(); });
    words.append(sentence, " ", drop);
    field.after(words);
    field.setAttribute("aria-invalid", "true");
  };
  const weigh = (field) => {
    const limit = Number(field.dataset.maxBytes || 0);
    const large = limit && [...field.files].find((file) => file.size > limit);
    const sentence = large ? say("toolarge", large.name, readable(large.size), readable(limit)) : "";
    if (sentence || document.getElementById(`${field.id}-size`)) blame(field, sentence);
    return !sentence;
  };
  document.addEventListener("submit", (event) => {
    const fields = [...event.target.querySelectorAll('input[type="file"]')];
    const size = (field) => [...field.files].reduce((sum, file) => sum + file.size, 0);
    const wrong = fields.filter((field) => !weigh(field));
    const total = fields.reduce((sum, field) => sum + size(field), 0);
    if (!wrong.length && most > 0 && total > most) {
      wrong.push(fields.reduce((one, other) => (size(other) > size(one) ? other : one)));
      blame(wrong[0], say("toomuch", readable(total), readable(most)));
    }
    if (!wrong.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    wrong[0].closest("details")?.setAttribute("open", "");
    wrong[0].focus();
  }, true);

  const preview = (field) => field.addEventListener("change", () => {
    const box = field.closest(".file-field")?.querySelector("[data-file-preview]");
    if (!box) return;
    box.replaceChildren(...[...field.files].map((file) => {
      if (!file.type.startsWith("image/")) return document.createTextNode(`${file.name} `);
      const image = document.createElement("img");
      image.src = URL.createObjectURL(file);
      image.alt = file.name;
      return image;
    }));
  });

  function prepare(root) {
    root.querySelectorAll("[data-answer-url]").forEach((field) => { if (!field.closest("template")) answerFor(field); });
    root.querySelectorAll('input[type="file"]').forEach((field) => { preview(field); field.addEventListener("change", () => weigh(field)); });
    root.querySelectorAll(".appbuilder_date input").forEach((field) => { field.type = "date"; });
  }
  prepare(document);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove-kept]");
    if (button) { const list = button.closest("ul"); button.closest("li").remove(); list.dispatchEvent(new Event("change", { bubbles: true })); }
  });

  document.querySelectorAll("form[data-form]").forEach((form) => {
    let typed = false;
    const progress = () => form.querySelectorAll("[data-section-progress]").forEach((mark) => {
      const section = document.getElementById(mark.dataset.sectionProgress);
      const needed = [...section.querySelectorAll('[aria-required="true"]')].filter((one) => one.name);
      const done = needed.filter((one) => one.value || "blankKeeps" in one.dataset || one.closest(".file-field")?.querySelector(".kept li"));
      mark.textContent = needed.length ? say("filled", done.length, needed.length) : "";
    });
    form.addEventListener("change", (event) => { if (event.isTrusted || event.target.closest(".combo, [data-rows]")) typed = true; progress(); });
    form.addEventListener("submit", () => { typed = false; });
    if (form.name !== "login") window.addEventListener("beforeunload", (event) => { if (typed) event.preventDefault(); });
    progress();
    const anchors = [...form.querySelectorAll(".anchors a")];
    if (anchors.length && "IntersectionObserver" in window) {
      const seen = new IntersectionObserver((entries) => entries.forEach((entry) => {
        if (!entry.isIntersecting) return;
        const near = anchors.find((one) => one.hash === `#${entry.target.id}`);
        anchors.forEach((one) => one.classList.toggle("near", one === near));
        const strip = near?.closest(".anchors");
        if (strip && strip.scrollWidth > strip.clientWidth) strip.scrollLeft = near.offsetLeft - (strip.clientWidth - near.offsetWidth) / 2;
      }), { rootMargin: "-15% 0px -70% 0px" });
      form.querySelectorAll(".section").forEach((section) => seen.observe(section));
    }
  });

  // What the save has refused is over once the field holds something else: the next save judges anew.
  // Its place stays, for the button below must not move away under the pointer that leaves the field.
  document.addEventListener("change", (event) => {
    const field = event.target.closest?.("form[data-form] .field");
    const told = field?.querySelector('.error[id$="-error"]:not(.over)');
    if (!told) return;
    told.classList.add("over");
    field.classList.remove("in-error");
    field.querySelectorAll('[aria-invalid="true"]').forEach((one) => one.removeAttribute("aria-invalid"));
    const line = document.querySelector(`.error-summary a[href="#${CSS.escape(told.id.replace(/-error$/, ""))}"]`);
    line?.closest("li").classList.add("changed");
  });

  // A link to a field opens its section and puts the cursor in it.
  document.addEventListener("click", (event) => {
    const link = event.target.closest('.error-summary a[href^="#"], .anchors a[href^="#"]');
    const target = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!target) return;
    event.preventDefault();
    if (target.matches("details")) target.open = true;
    target.closest("details")?.setAttribute("open", "");
    (target.closest(".field") || target).scrollIntoView({ block: target.matches(".section") ? "start" : "center" });
    if (!target.matches(".section")) target.focus({ preventScroll: true });
  });
  document.getElementById("error-summary")?.focus({ preventScroll: false });
})();
