// Boxes on a picture, drawn with a pointer or moved with keys. They are the number
// fields below it, which are all that is sent: without script these are filled by
// hand.
(function () {
  "use strict";
  var stage = document.getElementById("stage"), list = document.getElementById("cutlist"), blank = document.getElementById("blank");
  var says = document.getElementById("stage-says");
  if (!stage || !list || !blank) return;
  var names = ["cut_left", "cut_top", "cut_right", "cut_bottom"];
  var least = 0.5; // per cent: what is smaller was a click
  var most = 60;
  var drawn = null; // where a box begins that is being drawn, or moved

  function round(n) { return Math.round(Math.min(100, Math.max(0, n)) * 10) / 10; }
  function fields(cut) { return names.map(function (n) { return cut.querySelector('[name="' + n + '"]'); }); }
  function read(cut) { return fields(cut).map(function (f) { return parseFloat(f.value) || 0; }); }
  function cuts() { return Array.from(list.querySelectorAll("fieldset.cut")); }
  function write(cut, at) {
    fields(cut).forEach(function (f, i) { f.value = round(at[i]); });
    place(cut);
  }
  function tell(text) { if (says) says.textContent = text; }
  function words(cut) {
    var label = cut.querySelector("legend").textContent.trim();
    return stage.dataset.box.replace("{0}", label).replace("{1}", read(cut).join(", "));
  }

  // place puts the box of a part where its numbers say.
  function place(cut) {
    var box = cut.box, at = read(cut);
    if (!box) return;
    box.style.left = at[0] + "%";
    box.style.top = at[1] + "%";
    box.style.width = Math.max(0, at[2] - at[0]) + "%";
    box.style.height = Math.max(0, at[3] - at[1]) + "%";
    box.setAttribute("aria-label", words(cut));
  }

  // show makes the box of a part that is on the page shown.
  function show(cut) {
    if (!cut.hasAttribute("data-here") || cut.box) return;
    var box = document.createElement("button");
    box.type = "button";
    box.className = "box";
    box.setAttribute("aria-describedby", "stage-hint");
    cut.box = box;
    box.cut = cut;
    stage.appendChild(box);
    place(cut);
    box.addEventListener("keydown", keyed);
    box.addEventListener("pointerdown", function (e) {
      if (e.button) return;
      e.preventDefault();
      e.stopPropagation();
      box.focus({ preventScroll: true });
      drawn = { box: box, from: where(e), at: read(cut) };
      stage.setPointerCapture(e.pointerId);
    });
    fields(cut).forEach(function (f) { f.addEventListener("input", function () { place(cut); }); });
  }

  // add makes a new part like the blank one, and returns it.
  function add(at) {
    if (cuts().length >= most) return null;
    var cut = blank.content.querySelector("fieldset").cloneNode(true);
    var empty = document.getElementById("nocuts");
    if (empty) empty.remove();
    list.appendChild(cut);
    write(cut, at);
    number();
    show(cut);
    return cut;
  }

  // number counts the parts anew, as the server does.
  function number() {
    cuts().forEach(function (cut, i) {
      var n = String(i + 1), legend = cut.querySelector("legend"), drop = cut.querySelector(".drop");
      [legend, drop].forEach(function (x) { if (x) x.textContent = x.textContent.replace(/\d+/, n); });
      if (drop) drop.value = "drop:" + n;
      cut.querySelectorAll("input[id]").forEach(function (f) {
        var label = cut.querySelector('label[for="' + f.id + '"]');
        f.id = f.name + "-" + n;
        if (label) label.htmlFor = f.id;
      });
      place(cut);
    });
  }

  function remove(cut) {
    var next = cut.box && (cut.box.nextElementSibling || cut.box.previousElementSibling);
    if (cut.box) cut.box.remove();
    cut.remove();
    number();
    tell(stage.dataset.gone);
    if (next && next.focus) next.focus();
  }

  // keyed moves the box that has the focus; with Shift, its far corner.
  function keyed(e) {
    var way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key], cut = e.target.cut;
    if (e.key === "Delete" || e.key === "Backspace") {
      e.preventDefault();
      remove(cut);
      return;
    }
    if (!way || e.ctrlKey || e.metaKey) return;
    e.preventDefault();
    var step = e.altKey ? 0.1 : 1, at = read(cut), x = way[0] * step, y = way[1] * step;
    if (e.shiftKey) {
      at[2] = Math.max(at[0] + least, Math.min(100, at[2] + x));
      at[3] = Math.max(at[1] + least, Math.min(100, at[3] + y));
    } else {
      x = Math.max(-at[0], Math.min(100 - at[2], x));
      y = Math.max(-at[1], Math.min(100 - at[3], y));
      at = [at[0] + x, at[1] + y, at[2] + x, at[3] + y];
    }
    write(cut, at);
    tell(words(cut));
  }

  // where returns the place of a pointer in per cent of the picture.
  function where(e) {
    var r = stage.getBoundingClientRect();
    return [round((e.clientX - r.left) / r.width * 100), round((e.clientY - r.top) / r.height * 100)];
  }

  stage.addEventListener("pointerdown", function (e) {
    if (e.button) return;
    e.preventDefault();
    drawn = { from: where(e) };
    stage.setPointerCapture(e.pointerId);
  });
  stage.addEventListener("pointermove", function (e) {
    if (!drawn) return;
    var to = where(e), from = drawn.from, at;
    if (drawn.at) {
      var x = Math.max(-drawn.at[0], Math.min(100 - drawn.at[2], to[0] - from[0]));
      var y = Math.max(-drawn.at[1], Math.min(100 - drawn.at[3], to[1] - from[1]));
      write(drawn.box.cut, [drawn.at[0] + x, drawn.at[1] + y, drawn.at[2] + x, drawn.at[3] + y]);
      return;
    }
    at = [Math.min(from[0], to[0]), Math.min(from[1], to[1]), Math.max(from[0], to[0]), Math.max(from[1], to[1])];
    if (at[2] - at[0] < least || at[3] - at[1] < least) return;
    if (!drawn.cut) {
      drawn.cut = add(at);
      if (!drawn.cut) { drawn = null; return; }
    }
    write(drawn.cut, at);
  });
  function done() {
    if (drawn && drawn.cut) {
      drawn.cut.box.focus({ preventScroll: true });
      tell(stage.dataset.made);
    }
    drawn = null;
  }
  stage.addEventListener("pointerup", done);
  stage.addEventListener("pointercancel", done);

  list.addEventListener("click", function (e) {
    var drop = e.target.closest(".drop");
    if (!drop) return;
    e.preventDefault();
    remove(drop.closest("fieldset"));
  });
  document.querySelectorAll('#cuts [name="do"][value="add"]').forEach(function (b) {
    b.addEventListener("click", function (e) {
      e.preventDefault();
      var cut = add([40, 40, 60, 60]);
      if (cut && cut.box) {
        cut.box.focus();
        tell(stage.dataset.made);
      }
    });
  });
  cuts().forEach(show);
})();
