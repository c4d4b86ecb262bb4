// While somebody types into a field that must name nobody, the server says what
// in it names somebody or looks so, under the field. Without script the same
// stands there after the form was refused. Words go in the body of a request,
// never in an address, and nothing of them is kept.
(function () {
  "use strict";
  if (window.habeasWords) return; // the page was swapped in again
  window.habeasWords = true;

  var pause = 700; // ms without a key before the server is asked
  var longest = 4000; // characters of a long text around the caret
  var waiting = new WeakMap(); // field: what it waits for, and what was asked last

  // typed returns what is to be looked at: a word that is still being written
  // waits, and of a long text the lines around the caret will do.
  function typed(field, whole) {
    var text = field.value, caret = field.selectionStart;
    if (caret === null || caret === undefined) caret = text.length;
    if (!whole && caret === text.length) text = text.replace(/[\p{L}\p{N}]+$/u, "");
    if (text.length > longest) {
      var from = Math.max(0, caret - longest / 2), to = Math.min(text.length, from + longest);
      if (from > 0) from = text.indexOf(" ", from) + 1;
      if (to < text.length) to = Math.max(from, text.lastIndexOf(" ", to));
      text = text.slice(from, to);
    }
    return text;
  }

  // place returns the list under a field, and makes one where there is none.
  function place(field) {
    var box = document.getElementById(field.id + "-words");
    if (box) return box;
    box = document.createElement("div");
    box.className = "words-found";
    box.id = field.id + "-words";
    var left = document.createElement("p");
    left.className = "aside left";
    left.setAttribute("role", "status");
    box.appendChild(left);
    field.insertAdjacentElement("afterend", box);
    return box;
  }

  function asked(field, text) {
    var form = field.form, body = new URLSearchParams();
    var token = form.querySelector('input[name="form"]');
    if (!token) return null;
    body.set("form", token.value);
    body.set("field", field.name);
    body.set("at", field.id);
    body.set("typed", text);
    var path = /^\/case\/([0-9a-f]{32})\//.exec(new URL(form.getAttribute("action"), location.href).pathname);
    var chosen = form.querySelector('[name="case"]'), circle = form.querySelector('[name="circle"]');
    if (path) body.set("case", path[1]);
    else if (chosen && chosen.value) body.set("case", chosen.value);
    if (circle) body.set("circle", circle.value);
    place(field).querySelectorAll('input[type="hidden"], select').forEach(function (x) { body.set(x.name, x.value); });
    return body;
  }

  function look(field, whole) {
    var text = typed(field, whole), state = waiting.get(field) || {};
    if (!field.form || !field.isConnected || state.last === text) return;
    if (!text.trim()) {
      if (state.stop) state.stop.abort();
      show(field, "");
      waiting.set(field, { last: text });
      return;
    }
    var body = asked(field, text);
    if (!body) return;
    if (state.stop) state.stop.abort();
    var now = { last: text, stop: new AbortController() };
    waiting.set(field, now);
    fetch("/words", { method: "POST", body: body, signal: now.stop.signal, credentials: "same-origin", cache: "no-store", redirect: "error" })
      .then(function (r) { return r.status === 200 ? r.text() : null; })
      .then(function (html) {
        if (waiting.get(field) !== now || !field.isConnected) return;
        if (html === null) now.last = null; // busy, or locked: asked again with the next word
        else show(field, html);
      })
      .catch(function () { now.last = null; });
  }

  // show puts the answer under the field. Its first line stays in the page, so
  // that it is read out; a list somebody is choosing from is left alone.
  function show(field, html) {
    var box = place(field);
    if (box.contains(document.activeElement)) return;
    var found = new DOMParser().parseFromString(html, "text/html").querySelector(".words-found");
    var left = box.querySelector(".left"), text = found ? found.querySelector(".left").textContent : "";
    while (left.nextSibling) left.nextSibling.remove();
    if (left.textContent !== text) left.textContent = text;
    if (!found) return;
    Array.from(found.children).forEach(function (x) {
      if (!x.matches(".left")) box.appendChild(document.adoptNode(x));
    });
  }

  function later(field, whole) {
    var state = waiting.get(field) || {};
    clearTimeout(state.timer);
    state.timer = setTimeout(function () { look(field, whole); }, pause);
    waiting.set(field, state);
  }

  function field(e) { return e.target.matches && e.target.matches("[data-words]") ? e.target : null; }

  // replace puts a cover name in the place of words, as the server would.
  function replace(target, words, cover) {
    var escaped = words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    var whole = new RegExp("(?<![\\p{L}\\p{N}])" + escaped + "(?![\\p{L}\\p{N}])", "gu");
    target.value = target.value.replace(whole, function () { return cover; });
  }

  document.addEventListener("focusin", function (e) { if (field(e)) place(e.target); });
  document.addEventListener("input", function (e) { if (field(e)) later(e.target, false); });
  document.addEventListener("change", function (e) { if (field(e)) look(e.target, true); });

  // A choice is made when it is left, not while the arrows pass over others.
  document.addEventListener("focusout", function (e) {
    var box = e.target.tagName === "SELECT" && e.target.closest(".words-found");
    if (!box || !/^p:/.test(e.target.value)) return;
    var target = document.getElementById(box.id.slice(0, -"-words".length));
    if (!target || target.name === "text") return; // a statement keeps its words; they are linked
    var li = e.target.closest("li");
    replace(target, li.querySelector('input[type="hidden"]').value, e.target.selectedOptions[0].text);
    li.remove();
    waiting.delete(target);
    later(target, true);
  });
})();
