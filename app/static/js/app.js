// What every page shares: confirm dialog, one-way buttons, dropping menus, folding menu, file viewer, job progress.
// Nothing here is needed to read a page or to send a form.
(() => {
  "use strict";
  const words = JSON.parse(document.getElementById("words")?.textContent || "{}");
  const say = (key, ...parts) => parts.reduce((text, part, at) => text.replace(`{${at}}`, part), words[key] || "");
  const token = () => document.querySelector('meta[name="csrf-token"]')?.content || "";
  window.ui = { say, token };

  // Ask once, naming the consequence; {n} is the number of ticked rows.
  const dialog = document.getElementById("confirm-dialog");
  let agreed = null;
  const sentence = (element) => {
    const rows = element.form ? [...element.form.elements].filter((one) => one.name === "rowid" && one.checked).length : 1;
    return element.dataset.confirm.replaceAll("{n}", rows || 1);
  };
  const ask = (element, go) => {
    if (!dialog.showModal) { if (window.confirm(sentence(element))) go(); return; }
    dialog.querySelector("[data-confirm-text]").textContent = sentence(element);
    const yes = dialog.querySelector("[data-confirm-yes]");
    yes.textContent = element.textContent.trim() || yes.textContent;
    yes.className = element.classList.contains("danger") || element.classList.contains("red") ? "btn danger" : "btn primary";
    yes.onclick = () => { dialog.close(); go(); };
    dialog.showModal();
  };
  // A decision that lacks its words is not asked about: the server says what is missing. data-ask-when
  // names the field it needs, or "marks": at least one field marked, each mark with its reason.
  const decided = (element) => {
    const wanted = element.dataset.askWhen;
    const fields = element.form?.elements;
    if (!wanted || !fields) return true;
    if (wanted !== "marks") return fields[wanted].value.trim() !== "";
    const marks = [...element.form.querySelectorAll('input[name="mark"]')]
      .map((tick) => [tick.checked, fields[`reason-${tick.value}`].value.trim()])
      .filter(([ticked, reason]) => ticked || reason);
    return marks.length > 0 && marks.every(([, reason]) => reason !== "");
  };
  dialog?.querySelector("[data-confirm-no]").addEventListener("click", () => dialog.close());
  document.addEventListener("click", (event) => {
    const element = event.target.closest("[data-confirm]");
    if (!element || element === agreed || !decided(element)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(element, () => { agreed = element; element.click(); agreed = null; });
  }, true);

  // Copying an address; where the clipboard is closed it stands selected, to be copied by hand.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copy);
    field.select();
    navigator.clipboard?.writeText(field.value).then(() => { button.textContent = button.dataset.done; });
  });

  // A form is sent once; its button answers at once.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    const button = event.submitter;
    if (button) { button.classList.add("busy"); setTimeout(() => { button.disabled = true; }); }
    setTimeout(free, 15000);  // an answer that is a download leaves the page standing
  });
  const free = () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
    document.querySelectorAll(".busy").forEach((button) => { button.classList.remove("busy"); button.disabled = false; });
  };
  window.addEventListener("pageshow", free);

  // Dropping menus: placed over everything, closed by Escape and by a click elsewhere.
  const drops = () => document.querySelectorAll("details.drop[open]");
  document.addEventListener("toggle", (event) => {
    const drop = event.target;
    if (!drop.matches?.("details.drop")) return;
    drop.closest("td")?.classList.toggle("is-open", drop.open);
    if (!drop.open) return;
    drops().forEach((other) => { if (other !== drop && !other.contains(drop)) other.open = false; });
    const panel = drop.querySelector(".drop-panel");
    const from = drop.getBoundingClientRect();
    panel.classList.add("fixed");
    const size = panel.getBoundingClientRect();
    const below = from.bottom + size.height + 8 < window.innerHeight || from.top < size.height;
    panel.style.top = `${below ? from.bottom + 4 : from.top - size.height - 4}px`;
    panel.style.left = `${Math.max(8, Math.min(from.right - size.width, window.innerWidth - size.width - 8))}px`;
  }, true);
  document.addEventListener("click", (event) => {
    drops().forEach((drop) => { if (!drop.contains(event.target)) drop.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    drops().forEach((drop) => { drop.open = false; drop.querySelector("summary").focus(); });
    const drawer = document.getElementById("drawer");
    if (drawer) drawer.checked = false;
  });
  window.addEventListener("scroll", (event) => {
    if (event.target.closest?.(".drop-panel")) return;
    document.querySelectorAll("td details.drop[open]").forEach((drop) => { drop.open = false; });
  }, true);

  document.querySelector("[data-fold-menu]")?.addEventListener("click", () => {
    const mini = document.querySelector(".shell").classList.toggle("mini");
    document.cookie = `menu=${mini ? "mini" : "full"};path=/;max-age=31536000;samesite=lax`;
  });
  document.querySelector(".menu [aria-current]")?.scrollIntoView({ block: "nearest" });
  document.querySelectorAll(".tabs").forEach((strip) => {  // the chosen tab in the middle of its strip; the page stays
    const here = strip.querySelector("[aria-current]");
    if (here) strip.scrollLeft = here.offsetLeft - strip.offsetLeft - (strip.clientWidth - here.offsetWidth) / 2;
  });
  document.querySelectorAll("[data-dismiss]").forEach((button) => {
    button.addEventListener("click", () => button.parentElement.remove());
  });
  document.querySelectorAll("[data-back]").forEach((button) => {
    button.addEventListener("click", () => history.back());
  });
  document.querySelectorAll("img[data-captcha]").forEach((image) => {
    const address = image.src;
    image.addEventListener("click", () => { image.src = `${address}${address.includes("?") ? "&" : "?"}again=${Date.now()}`; });
  });

  // Files open without leaving the page.
  const viewer = document.getElementById("viewer-dialog");
  const body = viewer?.querySelector("[data-viewer-body]");
  const close = () => { viewer.close(); body.replaceChildren(); };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-view]");
    if (!link || !viewer?.showModal || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    viewer.querySelector("[data-viewer-name]").textContent = link.dataset.name || link.textContent.trim();
    viewer.querySelector("[data-viewer-download]").href = link.href;
    const shown = document.createElement(link.dataset.view === "image" ? "img" : "iframe");
    shown.src = link.href;
    if (shown.tagName === "IMG") {
      shown.alt = link.dataset.name || "";
      shown.addEventListener("click", () => shown.classList.toggle("real"));
    } else { shown.title = link.dataset.name || ""; }
    body.replaceChildren(shown);
    viewer.showModal();
  });
  viewer?.querySelector("[data-viewer-close]").addEventListener("click", close);
  viewer?.addEventListener("close", () => body.replaceChildren());
  viewer?.addEventListener("click", (event) => { if (event.target === viewer) close(); });

  // Long work shows how far it is and can be left.
  document.querySelectorAll("[data-progress-url]").forEach((box) => {
    const bar = box.querySelector("progress");
    const text = box.querySelector("[data-progress-text]");
    const link = box.querySelector("[data-progress-link]");
    const poll = async () => {
      try {
        const answer = await fetch(box.dataset.progressUrl, { headers: { Accept: "application/json" } });
        if (!answer.ok) throw new Error(String(answer.status));
        const state = await answer.json();
        bar.value = state.percent || 0;
        text.textContent = state.error || state.text || "";
        if (state.done || state.error) {
          if (state.url) { link.href = state.url; link.hidden = false; }
          if (state.url && "progressMoves" in box.dataset) location.replace(state.url);
          return;
        }
        setTimeout(poll, 2000);
      } catch { text.textContent = say("failed"); setTimeout(poll, 10000); }
    };
    poll();
  });
})();
