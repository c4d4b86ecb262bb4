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
