// A small editor over textarea[data-richtext]. Without this script the textarea itself is sent.
// The server keeps only what its list allows, whatever this editor or a paste produces.
(() => {
  "use strict";
  const words = JSON.parse(document.getElementById("richtext-words")?.textContent || "{}");
  const word = (name) => words[name] || name;
  const TOOLS = [
    ["bold", "B", "bold"], ["italic", "I", "italic"], ["heading", "H", "formatBlock", "h2"],
    ["text", "¶", "formatBlock", "p"], ["bullets", "•", "insertUnorderedList"],
    ["numbers", "1.", "insertOrderedList"], ["quote", "”", "formatBlock", "blockquote"],
    ["unlink", "", "unlink"], ["undo", "", "undo"],
  ];
  const KEPT = new Set(["P", "BR", "H2", "H3", "H4", "STRONG", "B", "EM", "I", "U", "S", "UL", "OL", "LI", "A",
    "BLOCKQUOTE", "HR", "TABLE", "THEAD", "TBODY", "TR", "TH", "TD", "SUB", "SUP", "DIV"]);
  const safeLink = (text) => /^(https?:\/\/|mailto:|tel:|\/(?!\/))/i.test(text.trim());

  // A document of its own runs nothing and loads nothing: pasted and stored text is cleaned in it.
  const cleaned = (html) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    page.querySelectorAll("script, style, iframe, object, embed, svg, math, template").forEach((one) => one.remove());
    [...page.body.querySelectorAll("*")].reverse().forEach((one) => {
      if (!KEPT.has(one.tagName)) { one.replaceWith(...one.childNodes); return; }
      const link = one.tagName === "A" ? one.getAttribute("href") || "" : "";
      [...one.attributes].forEach((each) => one.removeAttribute(each.name));
      if (link && safeLink(link)) one.setAttribute("href", link);
    });
    const fragment = document.createDocumentFragment();
    fragment.append(...[...page.body.childNodes].map((one) => document.importNode(one, true)));
    return fragment;
  };

  const build = (area) => {
    const box = document.createElement("div"), bar = document.createElement("div"), page = document.createElement("div");
    box.className = "rich"; bar.className = "rich-tools"; page.className = "prose";
    bar.setAttribute("role", "toolbar"); bar.setAttribute("aria-label", word("tools"));
    page.contentEditable = "true";
    page.setAttribute("role", "textbox"); page.setAttribute("aria-multiline", "true");
    const label = document.querySelector(`label[for="${CSS.escape(area.id)}"]`);
    page.setAttribute("aria-label", label ? label.textContent.trim() : "");
    page.append(cleaned(area.value));
    const keep = () => {
      area.value = page.textContent.trim() || page.querySelector("hr, table") ? page.innerHTML : "";
      area.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const run = (command, value) => {
      page.focus();
      document.execCommand("styleWithCSS", false, false);
      document.execCommand("defaultParagraphSeparator", false, "p");
      document.execCommand(command, false, value ? `<${value}>` : null);
      keep(); mark();
    };
    const mark = () => bar.querySelectorAll("[data-command]").forEach((button) => {
      const { command, value } = button.dataset;
      let on = false;
      try { on = value ? document.queryCommandValue("formatBlock") === value : document.queryCommandState(command); } catch { on = false; }
      if (command !== "undo" && command !== "unlink") button.setAttribute("aria-pressed", String(on));
    });
    const add = (name, sign) => {
      const button = document.createElement("button");
      button.type = "button"; button.textContent = sign || word(name); button.title = word(name); button.setAttribute("aria-label", word(name));
      bar.append(button);
      return button;
    };
    TOOLS.forEach(([name, sign, command, value]) => {
      const button = add(name, sign);
      button.dataset.command = command;
      if (value) button.dataset.value = value;
      button.addEventListener("mousedown", (event) => event.preventDefault());
      button.addEventListener("click", () => run(command, value));
    });
    linkTool(bar, add, page, keep);
    page.addEventListener("input", keep);
    page.addEventListener("keyup", mark);
    page.addEventListener("mouseup", mark);
    page.addEventListener("paste", (event) => {
      event.preventDefault();
      const html = event.clipboardData.getData("text/html");
      if (html) insert(page, cleaned(html)); else document.execCommand("insertText", false, event.clipboardData.getData("text/plain"));
      keep();
    });
    page.addEventListener("drop", (event) => event.preventDefault());
    box.append(bar, page);
    area.hidden = true;
    area.before(box);
    label?.addEventListener("click", (event) => { event.preventDefault(); page.focus(); });
    area.addEventListener("focus", () => page.focus());
  };

  const insert = (page, fragment) => {
    const chosen = getSelection();
    if (!chosen.rangeCount || !page.contains(chosen.anchorNode)) { page.append(fragment); return; }
    const range = chosen.getRangeAt(0);
    range.deleteContents();
    const last = fragment.lastChild;
    range.insertNode(fragment);
    if (last) { range.setStartAfter(last); range.collapse(true); chosen.removeAllRanges(); chosen.addRange(range); }
  };

  const linkTool = (bar, add, page, keep) => {
    const button = add("link", "");
    const input = document.createElement("input");
    input.type = "url"; input.className = "input"; input.placeholder = word("address"); input.setAttribute("aria-label", word("address")); input.hidden = true;
    let range = null;
    bar.append(input);
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => {
      const chosen = getSelection();
      range = chosen.rangeCount && page.contains(chosen.anchorNode) ? chosen.getRangeAt(0).cloneRange() : null;
      input.hidden = !input.hidden;
      if (!input.hidden) input.focus();
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { input.hidden = true; page.focus(); }
      if (event.key !== "Enter") return;
      event.preventDefault();
      const address = input.value.trim();
      if (!safeLink(address)) { input.setAttribute("aria-invalid", "true"); return; }
      input.removeAttribute("aria-invalid");
      page.focus();
      const chosen = getSelection();
      if (range) { chosen.removeAllRanges(); chosen.addRange(range); }
      if (!range || range.collapsed) {
        const link = document.createElement("a");
        link.href = address; link.textContent = address;
        const fragment = document.createDocumentFragment(); fragment.append(link);
        insert(page, fragment);
      } else document.execCommand("createLink", false, address);
      input.value = ""; input.hidden = true;
      keep();
    });
  };

  document.querySelectorAll("textarea[data-richtext]").forEach(build);
})();
