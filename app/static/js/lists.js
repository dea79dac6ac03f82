// Ticked rows and their bar; filters that are empty are not sent; the operators of the framework's search.
(() => {
  "use strict";
  document.querySelectorAll("[data-list]").forEach((list) => {
    const bar = list.querySelector("[data-bulk]");
    if (!bar) return;
    const all = list.querySelector("[data-tick-all]");
    const ticks = [...list.querySelectorAll('input[name="rowid"]')];
    const refresh = () => {
      const count = ticks.filter((one) => one.checked).length;
      bar.hidden = count === 0;
      bar.querySelector("[data-bulk-count]").textContent = window.ui.say("ticked", count);
      all.checked = count > 0 && count === ticks.length;
      all.indeterminate = count > 0 && count < ticks.length;
      ticks.forEach((one) => one.closest("tr").classList.toggle("ticked", one.checked));
    };
    let last = null;
    all.addEventListener("change", () => { ticks.forEach((one) => { one.checked = all.checked; }); refresh(); });
    ticks.forEach((one) => {
      one.addEventListener("click", (event) => {
        if (event.shiftKey && last !== null) {
          const [from, to] = [ticks.indexOf(last), ticks.indexOf(one)].sort((a, b) => a - b);
          ticks.slice(from, to + 1).forEach((other) => { other.checked = one.checked; });
        }
        last = one;
      });
      one.addEventListener("change", refresh);
    });
    bar.querySelector("[data-bulk-clear]").addEventListener("click", () => {
      ticks.forEach((one) => { one.checked = false; });
      refresh();
    });
    refresh();
  });

  document.querySelectorAll("[data-operator]").forEach((box) => {
    const choice = box.querySelector("[data-operator-choice]");
    const value = [...box.querySelectorAll("input, select, textarea")].find((one) => one !== choice);
    if (!value) return;
    const rename = () => { value.name = `_flt_${choice.value}_${box.dataset.operator}`; };
    choice.addEventListener("change", rename);
    rename();
    value.id = box.dataset.operator;
    if (value.type === "checkbox") value.checked = box.dataset.value === "1" || box.dataset.value === "y";
    else if (box.dataset.value) value.value = box.dataset.value;
    if (value.closest(".appbuilder_date")) value.type = "date";
  });

  document.querySelectorAll("form[data-filter-form]").forEach((form) => {
    form.addEventListener("submit", () => {
      const empty = [...form.elements].filter((one) => one.name && !one.disabled && (one.value === "" || one.value === "__None"));
      empty.forEach((one) => { one.disabled = true; });
      setTimeout(() => empty.forEach((one) => { one.disabled = false; }));
    });
    form.addEventListener("change", (event) => {
      if (event.target.matches(".filters select[name]") && !event.target.multiple && !form.closest(".fab-search")) form.requestSubmit?.();
    });
  });
})();
