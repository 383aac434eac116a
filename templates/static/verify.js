// Compares a file with the one that was issued, without sending it anywhere.
(function () {
  "use strict";
  var card = document.getElementById("file-check");
  if (!card || !window.crypto || !window.crypto.subtle) return; // without TLS a browser gives no hashes
  var answer = document.getElementById("file-answer");
  card.hidden = false;
  document.getElementById("file").addEventListener("change", function () {
    var file = this.files[0];
    answer.textContent = "";
    answer.className = "mt-2";
    if (!file) return;
    file.arrayBuffer().then(function (bytes) {
      return window.crypto.subtle.digest("SHA-256", bytes);
    }).then(function (hash) {
      var hex = Array.prototype.map.call(new Uint8Array(hash), function (b) { return b.toString(16).padStart(2, "0"); }).join("");
      var same = hex === card.dataset.hash;
      answer.textContent = same ? card.dataset.same : card.dataset.other;
      answer.classList.add(same ? "c-ok" : "c-bad");
    }, function () {
      answer.textContent = card.dataset.unreadable;
    });
  });
})();
