// Files of any size, one after the other and in pieces, so that a lost connection does
// not lose what came. Without script the form sends them whole.
(function () {
  "use strict";
  var form = document.getElementById("add-files"), panel = document.getElementById("upload");
  if (!form || !panel || !window.fetch || form.dataset.ready) return;
  form.dataset.ready = "1";

  var files = form.querySelector("input[type=file][name]"), folder = document.getElementById("folder");
  var bar = document.getElementById("upload-bar"), state = document.getElementById("upload-state");
  var piece = Number(form.dataset.piece), token = form.elements.form.value;
  var ofSystem = /^(\.DS_Store|\._.*|Thumbs\.db|ehthumbs\.db|desktop\.ini)$/i; // as habeas exhibit add has it
  var patience = 60; // tries, a few seconds apart, before it stops
  var stop = null; // cancels what is being sent
  var upload = ""; // the path of what is being sent

  if ("webkitdirectory" in folder) document.getElementById("folder-field").hidden = false;
  folder.addEventListener("change", function () { files.required = !folder.files.length; });

  function Stopped(words) { this.words = words; }
  function say(words) { if (state.textContent !== words) state.textContent = words; }
  function fill(text, values) { return text.replace(/\{(\d)\}/g, function (_, n) { return values[n]; }); }
  function mega(n) { return Math.round(n / 1e6); }
  function wait(ms) { return new Promise(function (done) { setTimeout(done, ms); }); }

  // ask sends one request. Of an answer that is a page it shows why it was refused.
  async function ask(path, options) {
    options.credentials = "same-origin";
    options.signal = stop.signal;
    var r = await fetch(path, options);
    if (r.status === 401) throw new Stopped(panel.dataset.locked);
    if (r.ok || r.type === "opaqueredirect" || r.status === 404 || r.status === 409 && r.headers.get("Upload-Offset")) return r;
    if (r.status === 502 || r.status === 504) throw new TypeError("nobody behind the proxy");
    var page = new DOMParser().parseFromString(await r.text(), "text/html");
    var why = page.querySelector(".why") || page.querySelector(".alert p") || page.querySelector("main p");
    throw new Stopped(why ? why.textContent : panel.dataset.stopped);
  }

  function base64(buffer) {
    return btoa(Array.from(new Uint8Array(buffer), function (b) { return String.fromCharCode(b); }).join(""));
  }

  // begin announces a file, and returns how much of it is there already.
  async function begin(file) {
    var body = new FormData();
    body.append("form", token);
    body.append("ex_name", file.webkitRelativePath || file.name);
    body.append("ex_size", file.size);
    body.append("ex_changed", file.lastModified);
    body.append("ex_begins", base64(await file.slice(0, 4096).arrayBuffer()));
    var r = await ask(form.getAttribute("action") + "/begin", { method: "POST", body: body });
    if (r.status === 404) throw new Stopped(panel.dataset.stopped);
    upload = new URL(r.headers.get("Location"), location).pathname;
    return Number(r.headers.get("Upload-Offset"));
  }

  // show says how much came, to those who listen at every tenth.
  var tenth = "";
  function show(at, file, n, all) {
    bar.value = file.size ? Math.floor(1000 * at / file.size) : 1000;
    var mark = n + "/" + Math.floor(bar.value / 100);
    if (mark === tenth) return;
    tenth = mark;
    say(fill(panel.dataset.part, [n, all, mega(at), mega(file.size)]));
  }

  // send sends what is missing of a file. A piece that was lost is asked after and
  // sent again from where it ended.
  async function send(file, n, all) {
    var at = -1, tries = 0;
    for (;;) {
      try {
        if (at < 0 && !upload) at = await begin(file);
        else if (at < 0) at = await offset();
        if (at < 0) continue;
        show(at, file, n, all);
        if (at >= file.size) return;
        var r = await ask(upload, {
          method: "POST", body: file.slice(at, at + piece),
          headers: { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(at), "Form-Token": token },
        });
        if (r.status === 404) { upload = ""; at = -1; if (++tries > 3) throw new Stopped(panel.dataset.stopped); continue; }
        at = Number(r.headers.get("Upload-Offset"));
        tries = 0;
      } catch (e) {
        at = -1;
        await pause(e, ++tries);
      }
    }
  }

  // offset asks how much is there; -1 if there is nothing any more.
  async function offset() {
    var r = await ask(upload, { method: "GET" });
    if (r.status === 404) { upload = ""; return -1; }
    return Number(r.headers.get("Upload-Offset"));
  }

  // add has a file that came recorded as an exhibit. Asked twice, because the first
  // answer was lost, the server does it once. Of several files, no page is fetched.
  async function add(all) {
    var id = upload.slice(upload.lastIndexOf("/") + 1), body = new FormData(form);
    body.delete(files.name);
    body.append("ex_upload", id);
    body.set("which", "exhibit-" + id); // each is a form of its own
    for (var tries = 1; ; tries++) {
      try {
        var r = await ask(form.getAttribute("action"), { method: "POST", body: body, redirect: all > 1 ? "manual" : "follow" });
        if (r.status === 404) throw new Stopped(panel.dataset.stopped);
        upload = "";
        return r.url;
      } catch (e) {
        await pause(e, tries);
      }
    }
  }

  // pause waits before something is tried again, if that can help.
  async function pause(e, tries) {
    if (e instanceof Stopped || e.name === "AbortError") throw e;
    if (!(e instanceof TypeError) || tries > patience) throw new Stopped(panel.dataset.stopped); // NotReadableError: the file changed, or is gone
    say(panel.dataset.waits);
    tenth = "";
    await wait(Math.min(500 * tries, 5000));
    if (stop.signal.aborted) throw new DOMException("", "AbortError");
  }

  form.addEventListener("submit", async function (e) {
    var chosen = Array.from(files.files).concat(Array.from(folder.files));
    var left = chosen.filter(function (f) { return f.webkitRelativePath && ofSystem.test(f.name); });
    chosen = chosen.filter(function (f) { return left.indexOf(f) < 0; });
    e.preventDefault();
    if (stop || !chosen.length) return;
    stop = new AbortController();
    panel.hidden = false;
    document.getElementById("upload-cancel").hidden = false;
    document.getElementById("upload-left").textContent =
      left.length ? fill(panel.dataset.left, [left.map(function (f) { return f.name; }).join(", ")]) : "";
    form.querySelector("button").disabled = true;
    var at = "", n = 0;
    try {
      for (var file of chosen) {
        n++;
        if (sent.has(file)) continue;
        upload = "";
        await send(file, n, chosen.length);
        at = await add(chosen.length);
        sent.add(file);
      }
      location.assign(chosen.length > 1 || !at ? form.dataset.list : at);
    } catch (why) {
      if (why.name === "AbortError") say(panel.dataset.cancelled);
      else say(why instanceof Stopped ? why.words : panel.dataset.stopped);
      form.querySelector("button").disabled = false;
      document.getElementById("upload-cancel").hidden = true;
      tenth = "";
    }
    stop = null;
  });
  var sent = new Set(); // what was recorded before it stopped

  document.getElementById("upload-cancel").addEventListener("click", function () {
    if (!stop) return;
    stop.abort();
    if (!upload) return;
    var body = new FormData();
    body.append("form", token);
    fetch(upload + "/cancel", { method: "POST", body: body, credentials: "same-origin", keepalive: true }).catch(function () {});
    upload = "";
  });
})();
