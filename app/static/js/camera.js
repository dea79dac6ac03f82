// 拍照: on a phone each field for a picture has a button that opens the camera at once; the photo joins what was chosen.
(() => {
  "use strict";
  if (!window.matchMedia("(pointer: coarse)").matches) return;
  const pictures = /\.(jpe?g|png)|image\//i;
  const offer = (field) => {
    if (!pictures.test(field.accept) || field.dataset.camera || field.closest("template")) return;
    field.dataset.camera = "1";
    const camera = document.createElement("input");
    camera.type = "file";
    camera.accept = "image/*";
    camera.setAttribute("capture", "environment");
    camera.hidden = true;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn camera";
    button.textContent = window.ui.say("photo");
    button.addEventListener("click", () => camera.click());
    camera.addEventListener("change", (event) => {
      event.stopPropagation();
      const list = new DataTransfer();
      if (field.multiple) [...field.files].forEach((one) => list.items.add(one));
      [...camera.files].forEach((one) => list.items.add(one));
      field.files = list.files;
      camera.value = "";
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
    field.after(button);
    button.after(camera);
  };
  const offerAll = (root) => root.querySelectorAll?.('form[data-form] input[type="file"]').forEach(offer);
  offerAll(document);
  document.addEventListener("click", (event) => { if (event.target.closest("[data-row-add]")) setTimeout(() => offerAll(document)); });
})();
