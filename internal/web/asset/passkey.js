// Asks the browser for a passkey, and sends what it answers with the form. Codes
// work without.
(function () {
  "use strict";
  var form = document.getElementById("passkey");
  if (!form || !window.PublicKeyCredential || !form.dataset.options) return;

  function bytes(text) {
    var raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(raw, function (c) { return c.charCodeAt(0); });
  }
  function text(buffer) {
    return btoa(String.fromCharCode.apply(null, new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  // asked returns the options with bytes where the page has text.
  function asked() {
    var o = JSON.parse(form.dataset.options).publicKey;
    o.challenge = bytes(o.challenge);
    if (o.user) o.user.id = bytes(o.user.id);
    [o.excludeCredentials, o.allowCredentials].forEach(function (list) {
      (list || []).forEach(function (c) { c.id = bytes(c.id); });
    });
    return o;
  }

  // answer returns what the browser gave, as text.
  function answer(c) {
    var r = { clientDataJSON: text(c.response.clientDataJSON) };
    ["attestationObject", "authenticatorData", "signature", "userHandle"].forEach(function (k) {
      if (c.response[k]) r[k] = text(c.response[k]);
    });
    return JSON.stringify({ id: c.id, rawId: text(c.rawId), type: c.type, response: r, clientExtensionResults: c.getClientExtensionResults() });
  }

  form.hidden = false;
  form.addEventListener("submit", function (e) {
    var signed = form.querySelector("input[name=signed]");
    if (signed.value) return;
    e.preventDefault();
    form.querySelector(".why").hidden = true;
    navigator.credentials[form.dataset.do]({ publicKey: asked() }).then(function (c) {
      signed.value = answer(c);
      form.requestSubmit();
    }).catch(function () {
      form.querySelector(".why").hidden = false;
    });
  });
})();
