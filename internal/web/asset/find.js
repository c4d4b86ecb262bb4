// One field that finds an event or a status by a few letters, for those who take
// many claims. The lists it chooses from are on the form and work without it.
(function () {
  "use strict";
  if (window.habeasFind) return; // the page was swapped in again
  window.habeasFind = true;

  var most = 8; // how many are shown
  var shown = []; // what stands in the list, in order
  var at = 0; // which of it is chosen
  var held = false; // Enter took a choice and is still down

  function by(id) { return document.getElementById(id); }

  // choices returns every event and status of the form's own lists.
  function choices() {
    var all = [];
    [["take-type", "event"], ["take-status", "status"]].forEach(function (list) {
      var select = by(list[0]);
      if (!select) return;
      Array.from(select.options).forEach(function (o) {
        if (o.value) all.push({ select: select, kind: list[1], value: o.value, text: o.text, group: o.parentNode.label || "" });
      });
    });
    return all;
  }

  function folded(text) { return text.toLocaleLowerCase().normalize("NFKD").replace(/[\u0300-\u036f]/g, ""); }

  // rank returns how well words fit a choice: 0 not at all. Every word has to
  // begin a word of it; a choice that begins with them comes first.
  function rank(typed, text) {
    var words = folded(text).split(/[^\p{L}\p{N}]+/u);
    var fits = folded(typed).trim().split(/\s+/).every(function (t) {
      return words.some(function (w) { return w.indexOf(t) === 0; });
    });
    if (!fits) return 0;
    return folded(text).indexOf(folded(typed).trim()) === 0 ? 2 : 1;
  }

  function show() {
    var typed = by("find").value, list = by("found");
    shown = typed.trim() ? choices().map(function (c) { c.rank = rank(typed, c.text); return c; })
      .filter(function (c) { return c.rank; }).sort(function (a, b) { return b.rank - a.rank; }).slice(0, most) : [];
    at = 0;
    list.textContent = "";
    shown.forEach(function (c, i) {
      var li = document.createElement("li");
      li.id = "found-" + i;
      li.setAttribute("role", "option");
      li.textContent = c.text;
      if (c.group) {
        var group = document.createElement("span");
        group.className = "aside";
        group.textContent = " " + c.group;
        li.appendChild(group);
      }
      list.appendChild(li);
    });
    mark();
  }

  function mark() {
    var field = by("find"), list = by("found");
    list.hidden = !shown.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
    if (shown.length) field.setAttribute("aria-activedescendant", "found-" + at);
    else field.removeAttribute("aria-activedescendant");
    Array.from(list.children).forEach(function (li, i) { li.setAttribute("aria-selected", String(i === at)); });
    if (shown.length) list.children[at].scrollIntoView({ block: "nearest" });
  }

  // take puts a choice into the form, and goes on to the date.
  function take(i) {
    var c = shown[i];
    if (!c) return;
    var kind = by("kind-" + c.kind);
    kind.checked = true;
    kind.dispatchEvent(new Event("change", { bubbles: true }));
    c.select.value = c.value;
    c.select.dispatchEvent(new Event("change", { bubbles: true }));
    by("find").value = c.text;
    shown = [];
    mark();
    by("take-when").focus();
  }

  document.addEventListener("input", function (e) {
    if (e.target.id === "find") show();
  });

  document.addEventListener("keydown", function (e) {
    if (e.target.id !== "find" || e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
    switch (e.key) {
      case "ArrowDown": case "ArrowUp":
        if (!shown.length) return;
        e.preventDefault();
        at = (at + (e.key === "ArrowDown" ? 1 : shown.length - 1)) % shown.length;
        mark();
        break;
      case "Enter":
        e.preventDefault(); // never sends the form: what was typed is no field of it
        held = true;
        take(at);
        break;
      case "Escape":
        if (!shown.length) return;
        e.preventDefault();
        shown = [];
        mark();
    }
  });

  // The focus has moved on by now: the same press must not send the form as well.
  ["keydown", "keypress"].forEach(function (n) {
    document.addEventListener(n, function (e) {
      if (held && e.key === "Enter" && e.target.id !== "find") e.preventDefault();
    });
  });
  document.addEventListener("keyup", function (e) {
    if (e.key === "Enter") held = false;
  });

  document.addEventListener("mousedown", function (e) {
    var li = e.target.closest && e.target.closest("#found > li");
    if (!li) return;
    e.preventDefault(); // the field keeps the focus
    take(Array.from(li.parentNode.children).indexOf(li));
  });

  document.addEventListener("focusout", function (e) {
    if (e.target.id !== "find" || !by("found")) return;
    shown = [];
    mark();
  });

  // The field is hidden in the page, for without script it does nothing.
  function ready() {
    var field = by("find-field");
    if (field) field.hidden = false;
  }
  ready();
  document.addEventListener("htmx:after:swap", ready);
})();
