// Shows a whole masked value against a typed reason; the server records who asked and why.
(function () {
  "use strict";
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-unmask]");
    if (!button) return;
    var reason = window.prompt(button.dataset.question || button.textContent);
    if (!reason) return;
    var token = document.querySelector("meta[name=csrf-token]");
    fetch(button.dataset.unmask, {
      method: "POST",
      headers: { "X-CSRFToken": token ? token.content : "", "X-Requested-With": "fetch" },
      body: new URLSearchParams({ reason: reason }),
    })
      .then(function (reply) { return reply.json(); })
      .then(function (data) {
        var shown = button.parentElement.querySelector(".masked");
        if (data.ok && shown) {
          shown.textContent = data.value;
          button.remove();
        } else {
          window.alert(data.message);
        }
      });
  });
})();
