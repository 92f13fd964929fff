"use strict";
// What a call was left with is said on the page that follows, and kept for that page alone.
const left = (() => {
  const NAME = "evalharness-left";

  function remember(url, words) {
    try { sessionStorage.setItem(NAME, JSON.stringify({ url, words })); } catch { /* no storage: nothing is said */ }
  }

  function tell() {
    let found = null;
    try {
      found = JSON.parse(sessionStorage.getItem(NAME));
      sessionStorage.removeItem(NAME);
    } catch { /* no storage */ }
    const at = document.getElementById("left");
    if (!found || !at || new URL(found.url, location.href).pathname !== location.pathname) return;
    at.textContent = found.words;
    at.hidden = !found.words;
  }

  tell();
  return { remember };
})();
