// Keys for those who would rather not use a mouse. Every page works without.
(function () {
  "use strict";
  var places = { t: "/", c: "/cases", p: "/places", s: "/search", k: "/kept" };
  var went = 0; // when "g" was pressed

  function typing(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  }

  document.addEventListener("keydown", function (e) {
    if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || typing(e.target)) return;
    if (!document.querySelector("nav.words")) return; // nobody is logged in
    var chosen = went && e.timeStamp - went < 1500 ? places[e.key] : "";
    went = 0;
    if (chosen) {
      e.preventDefault();
      location.assign(chosen);
      return;
    }
    switch (e.key) {
      case "g":
        went = e.timeStamp;
        break;
      case "/":
        e.preventDefault();
        var box = document.querySelector("input[type=search]");
        if (box) box.focus();
        else location.assign("/search");
        break;
      case "?":
        e.preventDefault();
        location.assign("/help");
        break;
    }
  });
})();

// How hard a new passphrase is to guess, roughly, while it is typed. It never
// leaves the page for this; the server measures again when it is sent.
(function () {
  "use strict";
  var field = document.getElementById("pass"), line = document.getElementById("pass-strength");
  if (!field || !line) return;

  function bits(text) {
    var sum = 0, seen = {};
    text.toLowerCase().split(/\s+/).forEach(function (w) {
      if (!w) return;
      if (seen["$" + w] || /^(.)\1*$/.test(w)) {
        sum += 1;
        return;
      }
      seen["$" + w] = true;
      if (/^([bdfghjklmnprstvz][aeiou]){2}$/.test(w)) {
        sum += 12;
        return;
      }
      var digits = (w.match(/\d/g) || []).length, others = w.length - digits;
      sum += Math.min(2.2 * others, 11 * Math.max(1, others / 7)) + Math.min(3.3 * digits, 14);
    });
    return sum;
  }

  field.addEventListener("input", function () {
    var b = bits(field.value);
    var word = b >= 70 ? "strong" : b >= 55 ? "good" : b >= 40 ? "fair" : "weak";
    line.textContent = field.value ? line.getAttribute("data-" + word) : "";
  });
})();
