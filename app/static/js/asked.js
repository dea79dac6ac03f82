// Stars that come and go: a label marked data-asked is demanded only as long as other values of the form say so.
// The form asks its own address (field _asked) when one of the values that decide has changed; it answers
// {required: [names], later: [names], reads: [names whose change decides]}. Without it the page shows what held
// when it was given out, and the server refuses what is missing.
(() => {
  "use strict";
  document.querySelectorAll("form[data-form]").forEach((form) => {
    if (!form.querySelector("[data-asked]")) return;
    const plain = (name) => name.replace(/-\d+-/g, "-#-");  // rows added since decide as the first ones do
    let reads = null;
    let last = 0;
    const show = (mark, on, star) => {
      mark.hidden = !on;
      const control = form.elements[mark.dataset.asked];
      if (!star || !control?.setAttribute) return;
      if (on) control.setAttribute("aria-required", "true"); else control.removeAttribute("aria-required");
    };
    const ask = async () => {
      const now = last += 1;
      const data = new FormData(form);
      form.querySelectorAll('input[type="file"], input[type="password"]').forEach((one) => data.delete(one.name));
      data.delete("_draft");
      data.set("_asked", "1");
      try {
        const answer = await fetch(form.getAttribute("action") || window.location.href, { method: "POST", body: data, headers: { Accept: "application/json" } });
        if (!answer.ok || now !== last) return;
        const found = await answer.json();
        reads = new Set(found.reads.map(plain));
        form.querySelectorAll("[data-asked]").forEach((mark) => {
          const star = mark.classList.contains("star");
          show(mark, found[star ? "required" : "later"].includes(mark.dataset.asked), star);
        });
        form.dispatchEvent(new Event("change"));
      } catch { /* the save will say what is missing */ }
    };
    form.addEventListener("change", (event) => {
      const name = event.target === form ? "" : event.target.name;
      if (name && (reads === null || reads.has(plain(name)))) ask();
    });
  });
})();
