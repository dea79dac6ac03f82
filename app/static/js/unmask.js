// Shows a whole masked value against a typed reason; the server records who asked and why.
(function () {
  "use strict";
  var dialog, button;
  var part = function (name) { return dialog.querySelector("[data-unmask-" + name + "]"); };

  function tell(text) {
    part("problem").textContent = text;
    part("problem").hidden = !text;
  }

  function show(value) {
    var shown = button.parentElement.querySelector(".masked");
    if (shown && "tel" in shown.dataset) {
      var call = document.createElement("a");
      call.href = "tel:" + value;
      call.textContent = value;
      shown.replaceChildren(call);
    } else if (shown) shown.textContent = value;
    button.remove();
    dialog.close();
  }

  function ask(reason) {
    var token = document.querySelector("meta[name=csrf-token]");
    var words = JSON.parse(document.getElementById("words").textContent);
    fetch(button.dataset.unmask, {
      method: "POST",
      headers: { "X-CSRFToken": token ? token.content : "", "X-Requested-With": "fetch" },
      body: new URLSearchParams({ reason: reason }),
    })
      .then(function (reply) { return reply.json(); })
      .then(function (data) { if (data.ok) show(data.value); else tell(data.message); })
      .catch(function () { tell(words.failed); });
  }

  document.addEventListener("click", function (event) {
    var pressed = event.target.closest("[data-unmask]");
    if (pressed) {
      dialog = document.getElementById("unmask-dialog");
      button = pressed;
      tell("");
      if (button.dataset.question) part("question").textContent = button.dataset.question;
      dialog.querySelector("input").value = "";
      dialog.showModal();
    } else if (event.target.closest("[data-unmask-no]")) {
      dialog.close();
    }
  });

  document.addEventListener("submit", function (event) {
    if (!dialog || event.target.parentElement !== dialog) return;
    event.preventDefault();
    var reason = dialog.querySelector("input").value.trim();
    if (reason) ask(reason);
  });
})();
