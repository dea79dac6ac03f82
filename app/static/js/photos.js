// Photos of a camera are made smaller before they are sent: at most 2560 pixels, upright, as JPEG. A field tells its own
// limit only when the result is still above it. Where a browser cannot do this the photo stays as it was chosen.
(() => {
  "use strict";
  const HEAVY = 2 * 1048576;
  const SIDE = 2560;
  const QUALITY = 0.85;
  const waiting = new Map();  // field → the work on its photos
  const done = new WeakSet();  // fields whose own change event is let through

  const heavy = (file) => ["image/jpeg", "image/png"].includes(file.type) && file.size > HEAVY;
  const smaller = async (file) => {
    if (!heavy(file)) return file;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const part = Math.min(1, SIDE / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.max(1, Math.round(picture.width * part));
      canvas.height = Math.max(1, Math.round(picture.height * part));
      const paper = canvas.getContext("2d");
      paper.imageSmoothingQuality = "high";
      paper.fillStyle = "#fff";  // a JPEG has no transparency
      paper.fillRect(0, 0, canvas.width, canvas.height);
      paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.close();
      const drawn = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", QUALITY); });
      canvas.width = canvas.height = 0;
      if (!drawn || drawn.size >= file.size) return file;
      return new File([drawn], file.name.replace(/\.[^.]*$/, "") + ".jpg", { type: "image/jpeg", lastModified: file.lastModified });
    } catch { return file; }
  };
  const work = async (field, chosen) => {
    const files = [];
    for (const file of chosen) files.push(await smaller(file));  // one after another: a telephone has little memory
    if (waiting.get(field)?.chosen !== chosen) return;  // another choice was made meanwhile
    waiting.delete(field);
    try {
      const list = new DataTransfer();
      files.forEach((file) => list.items.add(file));
      field.files = list.files;
    } catch { /* the photos stay as they were chosen */ }
    done.add(field);
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.type !== "file" || done.delete(field)) return;
    const chosen = [...field.files];
    waiting.delete(field);
    if (!chosen.some(heavy)) return;
    event.stopImmediatePropagation();
    const box = field.closest(".file-field")?.querySelector("[data-file-preview]");
    if (box) box.textContent = window.ui.say("shrinking");
    const job = { chosen };
    waiting.set(field, job);
    job.ended = work(field, chosen);
  }, true);
  // Who sends the form meanwhile is answered at once; it goes when the photos are ready.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const jobs = [...waiting].filter(([field]) => field.form === form).map(([, job]) => job.ended);
    if (!jobs.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = event.submitter;
    button?.classList.add("busy");
    Promise.all(jobs).then(() => { button?.classList.remove("busy"); form.requestSubmit(button); });
  }, true);
})();
