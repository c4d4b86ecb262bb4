// The form and the report. Everything that comes from a bundle is set as text.
"use strict";
(() => {
  const at = (id) => document.getElementById(id);
  let words = allWords.en, worker = null, last = null;
  const say = (key) => words[key] ?? allWords.en[key] ?? key;

  const speak = (lang) => {
    words = allWords[lang] ?? allWords.en;
    document.documentElement.lang = lang;
    document.documentElement.dir = lang === "ar" ? "rtl" : "ltr";
    document.title = say("title");
    for (const el of document.querySelectorAll("[data-words]")) el.textContent = say(el.dataset.words);
    at("state").textContent = "";
    if (last) show(last);
  };

  const bytesOf = (id) => Uint8Array.from(atob(at(id).textContent.trim()), (c) => c.charCodeAt(0));
  const program = async () => {
    const unpacked = new Blob([bytesOf("program")]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(unpacked).arrayBuffer();
  };

  const element = (name, text, kind) => {
    const el = document.createElement(name);
    if (text !== undefined) el.textContent = text;
    if (kind) el.className = kind;
    return el;
  };
  const kinds = { ok: "ok", "not done": "skipped", FAILED: "failed" };

  // What was found is a file, a name, or a sentence with numbers in it.
  const found = (text) => {
    const numbers = text.match(/\d+/g) ?? [];
    const sentence = words[text.replace(/\d+/g, "#")];
    return sentence ? sentence.replace(/#/g, () => numbers.shift()) : text;
  };

  const lineOf = (check) => {
    const li = element("li");
    li.append(element("span", say(check.result), "result " + kinds[check.result]), " ", say(check.check));
    if (check.where) li.append(": ", element("bdi", found(check.where)));
    if (check.shows) li.append(element("span", say("shows") + " " + say(check.shows), "hint"));
    if (check.does_not_show) li.append(element("span", say("not") + " " + say(check.does_not_show), "not"));
    return li;
  };

  const itemOf = (item) => {
    const out = [element("h3")];
    out[0].append(element("bdi", item.path));
    const sum = element("p", "SHA-256 ");
    sum.append(element("code", item.sha256));
    const events = element("ul");
    for (const e of item.events) {
      const li = element("li");
      li.append(element("bdi", e.at), " ", element("bdi", e.act));
      if (e.words) li.append(": ", element("bdi", e.words));
      if (e.outcome === "failure") li.append(" ", element("span", say("FAILED"), "failed"));
      events.append(li);
    }
    out.push(sum, events);
    return out;
  };

  const show = (done) => {
    last = done;
    const r = done.report, out = at("report");
    const verdict = element("h2", say(r.verdict), r.verdict.split(" ")[0]);
    verdict.id = "verdict";
    const lines = element("ul");
    lines.append(...r.checks.map(lineOf));
    out.replaceChildren(verdict, element("p", say(r.means)), element("p", done.file, "hint"), element("h3", say("checks")), lines, element("h3", say("files")), ...r.items.flatMap(itemOf));
    out.hidden = false;
  };

  const rest = (text) => {
    worker?.terminate();
    worker = null;
    at("stop").hidden = true;
    at("check").disabled = false;
    at("state").textContent = text;
  };

  const fields = { root: "root", witness: "witnesses", least: "least", roots: "roots" };
  const heard = (file, m) => {
    if (m.read !== undefined) at("state").textContent = say("reading") + " " + Math.round(m.read / 1048576) + " MB";
    if (m.report !== undefined) {
      rest("");
      show({ file: file.name, report: JSON.parse(m.report) });
      at("report").focus();
    } else if (m.error !== undefined) {
      const field = m.none ? "bundle" : fields[m.field];
      rest(field ? "" : say("failed") + " " + m.error);
      if (!field) return;
      at(field + "-wrong").textContent = say(field + ".wrong");
      at(field).setAttribute("aria-invalid", "true");
      at(field).focus();
    } else if (m.ended && worker) rest(say("failed"));
  };

  at("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    for (const el of document.querySelectorAll(".wrong")) el.textContent = "";
    for (const el of document.querySelectorAll("[aria-invalid]")) el.removeAttribute("aria-invalid");
    last = null;
    at("report").hidden = true;
    at("check").disabled = true;
    at("stop").hidden = false;
    at("state").textContent = say("reading");
    const file = at("bundle").files[0], roots = at("roots").files[0];
    try {
      const request = {
        file, root: at("root").value, witnesses: at("witnesses").value,
        least: Number.parseInt(at("least").value, 10) || 0, roots: roots ? await roots.text() : "",
      };
      const source = URL.createObjectURL(new Blob([bytesOf("worker")], { type: "text/javascript" }));
      worker = new Worker(source);
      worker.onmessage = (e) => heard(file, e.data);
      worker.onerror = (e) => rest(say("failed") + " " + e.message);
      const code = await program();
      worker?.postMessage({ program: code, request }, [code]);
    } catch (err) {
      rest(say("failed") + " " + err);
    }
  });
  at("stop").addEventListener("click", () => rest(say("stopped")));
  at("lang").addEventListener("change", () => speak(at("lang").value));

  const wanted = (navigator.languages ?? []).map((l) => l.slice(0, 2)).find((l) => allWords[l]) ?? "en";
  at("lang").value = wanted;
  speak(wanted);
})();
