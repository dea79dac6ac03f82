// Pickers that search as you type, over a plain <select> that stays the one sent.
//   <select class="js-remote" data-url="…">   options come from data-url?q=…&page=1[&parent=…] as
//                                             {results: [{id, text, note}], pagination: {more}}
//   <select data-search> or <select multiple> options are the select's own
//   data-parent="project"                     name or id of another field, in the same sub-row first: its value is sent
//                                             under that name and as parent; a change clears this field. Several:
//                                             data-parent="project unit", parent being the last
//   data-narrow="team_id"                     names of other fields whose values, where given, narrow the choice;
//                                             what is chosen already stays when they change
//   data-submit                               choosing sends the form;  data-placeholder, data-minimum (letters)
(() => {
  "use strict";
  const say = window.ui.say;
  let serial = 0;
  const make = (tag, className, text) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  const findField = (select, name) => {
    const prefix = select.name.match(/^(.*-\d+-)/)?.[1];
    const root = select.form || document;
    return (prefix && root.querySelector(`[name="${CSS.escape(prefix + name)}"]`)) ||
      root.querySelector(`[name="${CSS.escape(name)}"]`) || document.getElementById(name);
  };

  class Picker {
    constructor(select) {
      this.select = select;
      this.remote = select.dataset.url;
      this.multiple = select.multiple;
      this.items = [];
      this.near = -1;
      this.page = 1;
      this.id = `combo-${++serial}`;
      const fields = (names) => (names || "").split(/\s+/).filter(Boolean).map((name) => [name, findField(select, name)]).filter((pair) => pair[1]);
      this.parents = fields(select.dataset.parent);
      this.narrowing = fields(select.dataset.narrow);
      this.build();
      this.listen();
      this.show();
    }

    build() {
      const { select } = this;
      this.root = make("div", "combo");
      this.box = make("div", "combo-box");
      this.input = make("input", "combo-input");
      this.list = make("ul", "combo-list");
      this.clear = make("button", "combo-clear", "×");
      Object.assign(this.input, { type: "text", autocomplete: "off", spellcheck: false, id: `${this.id}-input` });
      for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": this.id, "aria-autocomplete": "list" })) this.input.setAttribute(name, value);
      for (const name of ["aria-describedby", "aria-invalid", "aria-required"]) if (select.hasAttribute(name)) this.input.setAttribute(name, select.getAttribute(name));
      this.list.id = this.id;
      this.list.setAttribute("role", "listbox");
      this.list.hidden = true;
      this.clear.type = "button";
      this.clear.tabIndex = -1;
      this.clear.setAttribute("aria-label", say("clear"));
      const label = select.id && document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
      if (label) label.htmlFor = this.input.id;
      else if (select.getAttribute("aria-label")) this.input.setAttribute("aria-label", select.getAttribute("aria-label"));
      this.box.append(this.input);
      this.root.append(this.box, this.clear, this.list);
      select.classList.add("hidden");
      select.tabIndex = -1;
      select.setAttribute("aria-hidden", "true");
      select.after(this.root);
      if (select.disabled) { this.input.disabled = true; this.root.classList.add("off"); }
    }

    listen() {
      const { input } = this;
      this.select.addEventListener("focus", () => input.focus());
      this.select.addEventListener("picker:refresh", () => this.show());
      this.box.addEventListener("mousedown", (event) => {
        if (event.target.closest("button")) return;
        if (event.target !== input) { event.preventDefault(); input.focus(); }
        if (this.list.hidden) this.open();
      });
      input.addEventListener("compositionstart", () => { this.composing = true; });
      input.addEventListener("compositionend", () => { this.composing = false; this.later(); });
      input.addEventListener("input", () => { if (!this.composing) this.later(); });
      input.addEventListener("keydown", (event) => this.key(event));
      input.addEventListener("focus", () => { if (!this.multiple) input.select(); });
      input.addEventListener("blur", () => setTimeout(() => this.shut(), 120));
      this.list.addEventListener("mousedown", (event) => {
        event.preventDefault();
        const row = event.target.closest("li");
        if (row?.dataset.more) this.load(this.page + 1);
        else if (row?.dataset.at) this.choose(this.items[Number(row.dataset.at)]);
      });
      this.clear.addEventListener("click", () => { this.empty(); this.tell(); input.focus(); });
      this.parents.forEach(([, field]) => field.addEventListener("change", () => {
        if (this.chosen().length) { this.empty(); this.tell(false); }
        this.items = [];
        this.show();
      }));
      this.narrowing.forEach(([, field]) => field.addEventListener("change", () => { this.items = []; this.show(); }));
    }

    chosen() { return [...this.select.options].filter((one) => one.selected && one.value !== ""); }

    show() {
      this.box.querySelectorAll(".chip").forEach((chip) => chip.remove());
      const chosen = this.chosen();
      const empty = [...this.select.options].find((one) => one.value === "");
      const hint = this.select.dataset.placeholder || empty?.text || say("search");
      if (this.multiple) {
        chosen.forEach((one) => {
          const chip = make("span", "chip", one.text);
          const remove = make("button", "", "×");
          remove.type = "button";
          remove.setAttribute("aria-label", `${say("remove")} ${one.text}`);
          remove.addEventListener("click", () => { this.drop(one); });
          chip.append(remove);
          this.input.before(chip);
        });
        this.input.value = "";
        this.input.placeholder = chosen.length ? "" : hint;
      } else {
        this.input.value = chosen[0]?.text || "";
        this.input.title = this.input.value;
        this.input.placeholder = hint;
      }
      const clearable = !this.multiple && chosen.length > 0 && !this.select.required && !this.select.disabled;
      this.root.classList.toggle("clearable", clearable);
      this.clear.hidden = !clearable;
    }

    empty() {
      [...this.select.options].forEach((one) => { one.selected = one.value === ""; });
      if (!this.multiple && ![...this.select.options].some((one) => one.value === "")) this.select.selectedIndex = -1;
      this.show();
    }

    drop(option) {
      option.selected = false;
      this.show();
      this.tell();
    }

    tell(submit = true) {
      this.select.dispatchEvent(new Event("change", { bubbles: true }));
      if (submit && "submit" in this.select.dataset) this.select.form.requestSubmit();
    }

    choose(item) {
      if (!item) return;
      let option = [...this.select.options].find((one) => one.value === String(item.id));
      if (!option) { option = new Option(item.text, item.id); this.select.append(option); }
      if (this.multiple) option.selected = !option.selected;
      else { this.select.value = option.value; }
      this.show();
      if (this.multiple) { this.draw(); } else this.shut();
      this.tell();
    }

    later() { clearTimeout(this.timer); this.timer = setTimeout(() => this.open(this.input.value), this.remote ? 180 : 0); }

    open(term = "") {
      this.term = term.trim();
      this.list.hidden = false;
      const at = this.box.getBoundingClientRect();
      this.list.classList.toggle("above", window.innerHeight - at.bottom < 340 && at.top > 360);
      this.input.setAttribute("aria-expanded", "true");
      this.load(1);
    }

    shut() {
      if (document.activeElement === this.input && !this.list.hidden && this.multiple) return;
      this.list.hidden = true;
      this.input.setAttribute("aria-expanded", "false");
      this.input.removeAttribute("aria-activedescendant");
      this.show();
    }

    async load(page) {
      this.page = page;
      if (!this.remote) {
        const term = this.term.toLowerCase();
        this.items = [...this.select.options].filter((one) => one.value !== "" && one.text.toLowerCase().includes(term)).slice(0, 200).map((one) => ({ id: one.value, text: one.text }));
        this.draw();
        return;
      }
      const missing = this.parents.find(([, field]) => !field.value);
      if (missing) {
        const name = (missing[1].labels?.[0] || document.querySelector(`label[for="${CSS.escape(missing[1].nextElementSibling?.querySelector("input")?.id || "-")}"]`))?.querySelector(".label-text")?.textContent;
        this.items = [];
        this.note(say("first", name || ""));
        return;
      }
      const address = new URL(this.remote, location.href);
      address.searchParams.set("q", this.term);
      address.searchParams.set("page", page);
      this.parents.forEach(([name, field]) => {
        address.searchParams.set("parent", field.value);
        address.searchParams.set(name, field.value);
      });
      this.narrowing.forEach(([name, field]) => { if (field.value) address.searchParams.set(name, field.value); });
      if (page === 1) this.note(say("loading"));
      this.waiting?.abort();
      this.waiting = new AbortController();
      try {
        const answer = await fetch(address, { headers: { Accept: "application/json" }, signal: this.waiting.signal });
        if (!answer.ok) throw new Error(String(answer.status));
        const data = await answer.json();
        this.items = page === 1 ? data.results : this.items.concat(data.results);
        this.more = Boolean(data.pagination?.more);
        this.draw();
      } catch (error) { if (error.name !== "AbortError") this.note(say("failed")); }
    }

    note(text) { this.near = -1; this.list.replaceChildren(make("li", "note", text)); }

    draw() {
      if (!this.items.length) { this.note(say("none")); return; }
      const chosen = new Set(this.chosen().map((one) => one.value));
      const rows = this.items.map((item, at) => {
        const row = make("li", "", item.text);
        if (item.note) row.append(make("small", "", item.note));
        row.id = `${this.id}-${at}`;
        row.dataset.at = at;
        row.setAttribute("role", "option");
        row.setAttribute("aria-selected", chosen.has(String(item.id)));
        return row;
      });
      if (this.remote && this.more) { const row = make("li", "note", say("more")); row.dataset.more = "1"; rows.push(row); }
      this.list.replaceChildren(...rows);
      this.mark(Math.min(Math.max(this.near, this.term ? 0 : -1), this.items.length - 1));
    }

    mark(at) {
      this.near = at;
      [...this.list.children].forEach((row, index) => row.classList.toggle("near", index === at));
      const row = this.list.children[at];
      if (row) { row.scrollIntoView({ block: "nearest" }); this.input.setAttribute("aria-activedescendant", row.id); }
    }

    key(event) {
      if (event.isComposing) return;
      const { key } = event;
      if (key === "ArrowDown" || key === "ArrowUp") {
        event.preventDefault();
        if (this.list.hidden) { this.open(); return; }
        const step = key === "ArrowDown" ? 1 : -1;
        if (step === 1 && this.near === this.items.length - 1 && this.more) this.load(this.page + 1);
        else this.mark((this.near + step + this.items.length) % (this.items.length || 1));
      } else if (key === "Enter") {
        if (this.list.hidden) return;
        event.preventDefault();
        this.choose(this.items[this.near]);
      } else if (key === "Escape" && !this.list.hidden) {
        event.stopPropagation();
        this.list.hidden = true;
        this.show();
      } else if (key === "Backspace" && this.multiple && this.input.value === "") {
        const last = this.chosen().pop();
        if (last) this.drop(last);
      }
    }
  }

  const wanted = "select.js-remote, select[data-search], select[multiple]";
  const enhance = (root) => {
    root.querySelectorAll(`${wanted}, select.my_select2`).forEach((select) => {
      if (select.dataset.ready || select.closest("template")) return;
      if (select.matches(".my_select2:not([multiple])") && select.options.length <= 8) return;
      select.dataset.ready = "1";
      new Picker(select);
    });
  };
  window.ui.enhance = enhance;
  enhance(document);
})();
