// The reading desk by keyboard, and the links between words and claims. All of
// it can be done without.
(function () {
  "use strict";
  if (window.habeasDesk) return; // the page was swapped in again
  window.habeasDesk = true;

  var quote = ""; // words selected in a sentence, for the form that opens next
  var opened = false; // a form was asked for, so the focus goes there

  function desk() { return document.getElementById("desk"); }
  function typing(t) { return t.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(t.tagName); }

  // move puts the focus on the sentence before or after the one it is on.
  function move(step) {
    var all = Array.from(desk().querySelectorAll(".s > .num"));
    var at = all.indexOf(document.activeElement);
    if (at < 0) at = all.findIndex(function (a) { return a.parentNode.classList.contains("focus"); }) - (step > 0 ? 0 : -1);
    var next = all[Math.min(all.length - 1, Math.max(0, at + step))];
    if (!next) return;
    next.focus({ preventScroll: true });
    next.parentNode.scrollIntoView({ block: "nearest" });
  }

  // open asks for the form of the sentence in focus; while names are looked for,
  // for the next suspect.
  function open() {
    var a = document.activeElement;
    var s = a && a.closest ? a.closest(".s") : null;
    var link = s ? s.querySelector(".num") : document.getElementById("next") || desk().querySelector(".suspect") || desk().querySelector(".s > .num");
    if (!link) return;
    opened = true;
    link.click();
  }

  document.addEventListener("keydown", function (e) {
    if (!desk() || e.defaultPrevented) return;
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey) && e.target.form && e.target.closest("#pane")) {
      e.preventDefault();
      e.target.form.requestSubmit();
      return;
    }
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "Escape" && typing(e.target)) { e.target.blur(); return; }
    if (typing(e.target)) return;
    switch (e.key) {
      case "ArrowDown": case "j": e.preventDefault(); move(1); break;
      case "ArrowUp": case "k":
        if (e.key === "k" && e.timeStamp - went < 1500) return; // "g k" goes elsewhere
        e.preventDefault(); move(-1); break;
      case "n": e.preventDefault(); open(); break;
    }
    went = e.key === "g" ? e.timeStamp : -1e9;
  });
  var went = -1e9;

  document.addEventListener("click", function (e) {
    var a = e.target.closest && e.target.closest("#desk .num, #desk .suspect");
    if (a) opened = true;
  });

  // Forms of the pane are sent in place. They are sent from here because their
  // token is a field named "form", which hides what htmx would look up. While
  // names are looked for, one form follows the other.
  document.addEventListener("submit", function (e) {
    var form = e.target;
    if (!window.htmx || !form.matches("#pane form[data-swap]")) return;
    e.preventDefault();
    if (form.dataset.sent) return;
    form.dataset.sent = "1";
    if (document.getElementById("mark")) opened = true;
    window.htmx.ajax("POST", form.getAttribute("action").split("#")[0], {
      values: Object.fromEntries(new FormData(form, e.submitter)), target: "body", swap: "innerMorph show:none",
    });
  });

  // A claim and its sentence light up together.
  function light(e, on) {
    var d = desk(), x = e.target.closest && e.target.closest("#desk .claims > li[data-s], #desk .s");
    if (!d || !x) return;
    var others = x.dataset.s ? [document.getElementById("s-" + x.dataset.s)]
      : Array.from(d.querySelectorAll('.claims > li[data-s="' + x.id.slice(2) + '"]'));
    others.forEach(function (o) { if (o) o.classList.toggle("lit", on); });
  }
  ["mouseover", "focusin"].forEach(function (n) { document.addEventListener(n, function (e) { light(e, true); }); });
  ["mouseout", "focusout"].forEach(function (n) { document.addEventListener(n, function (e) { light(e, false); }); });

  // place returns the byte of the text at an end of a selection, or -1.
  function place(node, offset) {
    var run = (node.nodeType === 3 ? node.parentNode : node).closest("[data-start]");
    if (!run || run.classList.contains("s")) return -1;
    var before = document.createRange();
    before.setStart(run, 0);
    before.setEnd(node, offset);
    return Number(run.dataset.start) + new TextEncoder().encode(before.toString()).length;
  }

  document.addEventListener("mouseup", function () {
    var sel = window.getSelection();
    if (!desk() || !sel.rangeCount || sel.isCollapsed) return;
    var r = sel.getRangeAt(0);
    var s = r.commonAncestorContainer;
    s = (s.nodeType === 3 ? s.parentNode : s).closest(".s > p");
    var words = sel.toString().trim();
    if (!s || !words || words.length > 400) return;
    quote = words;
    var field = document.querySelector("#take [name=quote]");
    if (field && s.parentNode.classList.contains("focus")) {
      field.value = words;
      field.closest("details").open = true;
      return;
    }
    if (!document.getElementById("mark")) return; // settled: "n" or the number takes the claim
    var from = place(r.startContainer, r.startOffset), to = place(r.endContainer, r.endOffset);
    if (from < 0 || to <= from) return;
    opened = true;
    window.htmx.ajax("GET", location.pathname + "?from=" + from + "&to=" + to, { target: "body", swap: "innerMorph show:none" });
  });

  document.addEventListener("htmx:finally:request", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (f) { delete f.dataset.sent; });
  });

  document.addEventListener("htmx:after:swap", function () {
    var d = desk();
    if (!d) return;
    var alert = document.querySelector(".alert");
    if (alert) {
      alert.tabIndex = -1;
      (d.querySelector("#pane [aria-invalid=true]") || alert).focus();
    } else if (opened) {
      var field = document.querySelector("#find-field:not([hidden]) #find") || document.querySelector("#link select, #new[open] input[type=text], #dismiss button");
      if (field) field.focus();
      var q = document.querySelector("#take [name=quote]");
      if (q && quote && document.querySelector(".s.focus > p").textContent.indexOf(quote) >= 0) {
        q.value = quote;
        q.closest("details").open = true;
      }
    } else {
      var done = document.querySelector(".s.done > .num");
      if (done) done.focus({ preventScroll: true });
      var claim = done && d.querySelector('.claims > li[data-s="' + done.parentNode.id.slice(2) + '"]');
      if (claim) claim.scrollIntoView({ block: "nearest" });
    }
    opened = false;
    quote = "";
    var focused = d.querySelector(".s.focus, .suspect.focus");
    if (focused) focused.scrollIntoView({ block: "nearest" });
  });
})();
