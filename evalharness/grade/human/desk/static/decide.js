"use strict";
// One case at the desk. Nothing is decided until it is said so; what is shown as kept is committed.
(() => {
  const $ = (id) => document.getElementById(id);
  const desk = $("desk");
  const csrf = document.querySelector("meta[name=csrf]").content;
  const inputs = [...document.querySelectorAll("#value input[type=radio]")];
  const voices = [...document.querySelectorAll(".voice[data-voice]")];
  const difference = desk.dataset.difference === "yes";
  let voice = -1;
  let sending = false;
  let done = false;

  const tell = (words, state) => { const at = $("saved"); at.textContent = words; at.dataset.state = state; };
  const problem = (words) => { const at = $("problem"); at.textContent = words; at.hidden = !words; };
  const chosen = () => inputs.find((one) => one.checked);
  const valueOf = (input) => JSON.parse(input.dataset.value);

  function named() {
    if ($("named")) $("named").hidden = !chosen() || valueOf(chosen()) !== "yes";
  }

  function pick(input) {
    input.checked = true;
    named();
    input.focus({ preventScroll: true });
    input.scrollIntoView({ block: "nearest" });
    problem("");
    tell("Not decided yet.", "saving");
  }

  function lacking() {
    if (!chosen()) return ["Choose an answer first.", inputs[0]];
    if (difference && !$("words").value.trim()) return ["Say why: it is kept beside the grades.", $("words")];
    if (!difference && valueOf(chosen()) === "yes" && !$("tag").value) return ["Name the kind of error.", $("tag")];
    if (!difference && valueOf(chosen()) === "yes" && !$("cause").value) return ["Name what is to be fixed.", $("cause")];
    return null;
  }

  async function decide() {
    if (sending || done) return;
    const missing = lacking();
    if (missing) { problem(missing[0]); missing[1].focus(); return; }
    const value = valueOf(chosen());
    const yes = !difference && value === "yes";
    const sent = { case: desk.dataset.case, value, words: $("words").value };
    if (yes) Object.assign(sent, { tag: $("tag").value, cause: $("cause").value });
    sending = true;
    problem("");
    tell("keeping …", "saving");
    let answer = null;
    let words = "";
    try {
      const response = await fetch("/decided", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
        body: JSON.stringify(sent),
      });
      const json = (response.headers.get("content-type") || "").startsWith("application/json");
      answer = { status: response.status, body: json ? await response.json() : null };
      if (!json) words = await response.text();
    } catch { answer = null; }
    sending = false;
    if (answer?.status === 200) kept(answer.body);
    else {
      tell("not kept", "failed");
      problem(answer?.body?.error || words || "The desk does not answer. Nothing was kept as far as this page knows: try again.");
    }
  }

  function kept(body) {
    done = true;
    tell(`kept ${body.saved}`, "saved");
    $("kept").replaceChildren(...body.words.map((words) => {
      const item = document.createElement("li");
      item.textContent = words;
      return item;
    }));
    for (const field of [...inputs, $("words"), $("tag"), $("cause"), $("decide")]) if (field) field.disabled = true;
    $("value").classList.add("answered");
    $("after").focus({ preventScroll: true });
    $("kept").scrollIntoView({ block: "nearest" });
  }

  function listen(by) {
    if (!voices.length) return;
    voice = (voice + by + voices.length) % voices.length;
    voices.forEach((one, place) => one.classList.toggle("current", place === voice));
    voices[voice].focus({ preventScroll: true });
    voices[voice].scrollIntoView({ block: "nearest" });
    transcript.light(voices[voice].dataset.voice);
    transcript.jump(voices[voice].dataset.voice);
  }

  const plain = {
    j: () => transcript.step(1),
    k: () => transcript.step(-1),
    v: () => listen(1),
    V: () => listen(voice < 0 ? 0 : -1),
    m: () => $("words").focus(),
    t: () => !$("named")?.hidden && $("tag")?.focus(),
    f: () => !$("named")?.hidden && $("cause")?.focus(),
    N: () => location.assign($("after").href),
    P: () => $("before") && location.assign($("before").href),
    "/": () => $("search").focus(),
    "?": () => $("help").showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if ($("help").open || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && event.ctrlKey) { event.preventDefault(); if (!event.repeat) decide(); return; }
    if (event.ctrlKey) return;
    if (event.key === "Escape") { event.target.blur(); $("questions").focus(); return; }
    if (event.target.matches("textarea, select, input[type=search]")) return;
    const input = inputs.find((one) => one.getAttribute("aria-keyshortcuts") === event.key && !one.disabled);
    if (input) { event.preventDefault(); pick(input); return; }
    if (Object.hasOwn(plain, event.key)) { event.preventDefault(); plain[event.key](); }
  });

  for (const input of inputs) input.addEventListener("change", () => pick(input));
  for (const one of voices) {
    one.addEventListener("click", () => { voice = voices.indexOf(one) - 1; listen(1); });
    for (const quoted of one.querySelectorAll("button.evidence")) {
      quoted.addEventListener("click", (event) => {
        event.stopPropagation();
        transcript.light(one.dataset.voice);
        transcript.jump(one.dataset.voice, quoted.dataset.at);
      });
    }
  }
  $("decide").addEventListener("click", decide);
  $("keys").addEventListener("click", () => $("help").showModal());
  addEventListener("transcript-problem", (event) => problem(event.detail));

  // a browser that goes back keeps what was typed: an answer that is still chosen shows its fields
  named();
  if (voices.length) listen(1);
  $("questions").focus({ preventScroll: true });
  desk.dataset.ready = "yes";
})();
