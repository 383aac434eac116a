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
      answer.textContent = same ? "文件与签发时完全一致。" : "文件与签发时不同：它被改动过，或不是这份核查表。";
      answer.classList.add(same ? "c-ok" : "c-bad");
    }, function () {
      answer.textContent = "文件无法读取，请重试。";
    });
  });
})();
