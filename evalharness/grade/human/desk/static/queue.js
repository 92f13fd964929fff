"use strict";
// The list of calls by keyboard: choose one, open it, search, go to what waits for a decision.
(() => {
  const $ = (id) => document.getElementById(id);
  const cards = [...document.querySelectorAll(".card")];
  const open = () => cards.find((card) => !card.matches(".graded, .skipped")) || cards[0];

  function step(by) {
    const at = cards.indexOf(document.activeElement);
    const next = at < 0 ? open() : cards[at + by];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  const keys = {
    j: () => step(1),
    k: () => step(-1),
    Enter: () => open()?.click(),
    d: () => $("to-decide")?.click(),
    "/": () => $("search").focus(),
    "?": () => $("help").showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if ($("help").open || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") { event.target.blur(); return; }
    if (event.target.matches("input") || !Object.hasOwn(keys, event.key)) return;
    if (event.key === "Enter" && event.target.matches("a, button")) return; // the browser follows it
    event.preventDefault();
    keys[event.key]();
  });
  $("keys").addEventListener("click", () => $("help").showModal());
  document.querySelector("main").dataset.ready = "yes";
})();
