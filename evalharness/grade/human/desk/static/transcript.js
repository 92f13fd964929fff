"use strict";
// The transcript of a call: the turn one is at, words selected in it, quotes marked in it, and its recording.
const transcript = (() => {
  const turns = [...document.querySelectorAll(".turn")];
  const marks = [...document.querySelectorAll(".said mark")];
  const player = document.getElementById("player");
  let at = null; // the turn that j, k, e and Space speak of
  let selected = null; // the words last selected in a turn

  const namesOf = (mark) => mark.dataset.marks.split(" ");
  const turn = (number) => turns.find((one) => one.dataset.turn === String(number));

  function choose(found) {
    if (!found) return;
    at?.classList.remove("current");
    at?.removeAttribute("aria-current");
    at = found;
    at.classList.add("current");
    at.setAttribute("aria-current", "true");
    at.scrollIntoView({ block: "nearest" });
  }

  const step = (by) => choose(turns[at ? Math.min(Math.max(turns.indexOf(at) + by, 0), turns.length - 1) : 0]);

  // the marks of one name stand out from the others
  function light(name) {
    for (const mark of marks) mark.classList.toggle("lit", namesOf(mark).includes(String(name)));
  }

  // to where a quote stands; to its turn where the words are not found in it
  function jump(name, number) {
    const of = number === undefined ? null : turn(number);
    const mark = marks.find((one) => namesOf(one).includes(String(name)) && (!of || of.contains(one)));
    const found = mark ? mark.closest(".turn") : of;
    if (!found) return;
    choose(found);
    (mark || found).scrollIntoView({ block: "nearest" });
  }

  function play(from) {
    if (!player) return;
    if (!player.paused && from === player.dataset.from) { player.pause(); return; }
    if (from !== player.dataset.from && from !== "") player.currentTime = Number(from) / 1000;
    player.dataset.from = from;
    player.play().catch(() => dispatchEvent(new CustomEvent("transcript-problem", { detail: "The recording cannot be played." })));
  }

  // letters of the turn before a place in it, whatever marks stand between
  function letters(said, node, offset) {
    const range = document.createRange();
    range.selectNodeContents(said);
    range.setEnd(node, offset);
    return range.toString().length;
  }

  document.addEventListener("selectionchange", () => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    const said = (range.startContainer.nodeType === Node.TEXT_NODE ? range.startContainer.parentElement : range.startContainer).closest?.(".said");
    if (!said) return;
    const start = letters(said, range.startContainer, range.startOffset);
    const end = said.contains(range.endContainer) ? letters(said, range.endContainer, range.endOffset) : said.textContent.length;
    const words = said.textContent.slice(start, end);
    if (words.trim()) selected = { turn: Number(said.closest(".turn").dataset.turn), quote: words };
  });

  const selection = {
    take() {
      const found = selected;
      selected = null;
      if (found) getSelection().removeAllRanges();
      return found;
    },
  };

  for (const one of turns) {
    one.addEventListener("click", () => choose(one));
    one.querySelector(".play")?.addEventListener("click", () => play(one.dataset.start));
  }

  return {
    player, turn, choose, step, light, jump, play, selection,
    from: () => (at ? at.dataset.start : ""),
    whole: () => at && { turn: Number(at.dataset.turn), quote: at.querySelector(".said").textContent },
  };
})();
