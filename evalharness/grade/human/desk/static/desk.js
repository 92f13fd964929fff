"use strict";
// One call at the desk. Every change goes into a queue and is shown as saved only when the server says that it is kept.
(() => {
  const $ = (id) => document.getElementById(id);
  const desk = $("desk");
  const row = desk.dataset.row;
  const signed = desk.dataset.signed === "yes";
  const csrf = document.querySelector("meta[name=csrf]").content;
  const questions = [...document.querySelectorAll(".question")];
  const assisted = questions.some((one) => one.classList.contains("beside"));
  const { player, jump, light, step, play, choose, selection } = transcript;
  let own = JSON.parse($("own").textContent);
  let current = null; // the question that keys answer

  // ---- time spent: gaps up to 30 s between two signs of life count, in a page that is in sight
  let spent = 0;
  let seen = performance.now();
  const alive = () => {
    const now = performance.now();
    if (!document.hidden) spent += Math.min(now - seen, 30000);
    seen = now;
  };
  for (const sign of ["keydown", "pointerdown", "wheel", "touchmove"]) addEventListener(sign, alive, { passive: true });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) seen = performance.now(); });

  // ---- keeping: one request at a time, in order, until it is answered
  const waiting = [];
  const undoable = [];
  let sending = false;
  let leaving = null;

  const tell = (words, state) => { const at = $("saved"); at.textContent = words; at.dataset.state = state; };
  const problem = (words) => { const at = $("problem"); at.textContent = words; at.hidden = !words; };

  function change(what, question, value, { undo = true } = {}) {
    if (signed) { problem("The week is signed off; its grades stay as they are."); return; }
    problem("");
    waiting.push({ sent: { row, do: what, question, value }, undo });
    send();
  }

  async function send() {
    if (sending || !waiting.length) return;
    sending = true;
    const next = waiting[0];
    alive();
    const took = spent;
    spent = 0;
    if ($("saved").dataset.state !== "failed") tell("saving …", "saving");
    let answer = null;
    let words = null;
    try {
      const response = await fetch("/save", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
        body: JSON.stringify({ ...next.sent, seconds: took / 1000 }),
      });
      answer = { status: response.status, body: response.ok || [409, 503].includes(response.status) ? await response.json() : null };
      if (!answer.body) words = await response.text();
    } catch { answer = null; }
    sending = false;
    if (answer?.status === 200) kept(next, answer.body, took);
    else if (answer && answer.status >= 400 && answer.status < 500) refused(answer, words, took);
    else { spent += took; tell("not saved, retrying", "failed"); setTimeout(send, 1000); }
  }

  function kept(done, body, took) {
    waiting.shift();
    if (!body.timed) spent += took;
    if (done.undo) undoable.push({ do: done.sent.do, question: done.sent.question, value: body.before });
    if (!waiting.length) own = body.call;
    tell(`saved ${body.saved}`, "saved");
    $("bar").value = body.progress.done;
    $("done-n").textContent = body.progress.done;
    $("minutes").textContent = body.progress.minutes;
    $("minutes").title = body.progress.rests_on;
    show();
    if (waiting.length) send();
    else if (leaving) depart();
  }

  function refused(answer, words, took) {
    spent += took;
    leaving = null;
    if (answer.status === 403) { // nobody is signed in any more: what waits stays on the page
      tell("not saved", "failed");
      problem(words);
      return;
    }
    waiting.length = 0;
    tell("not saved", "failed");
    problem(answer.body ? answer.body.error : "This could not be saved. Reload the page.");
    show();
    for (const field of document.querySelectorAll("textarea")) field.dataset.kept = field.value;
  }

  addEventListener("beforeunload", (event) => { flush(); if (waiting.length) event.preventDefault(); });

  // from here on keys are nobody's: one meant for the next call must not answer this one
  function leave(url) {
    flush();
    leaving = url;
    if (waiting.length) send();
    else depart();
  }

  function depart() {
    const open = Object.values(own.answers).filter((answer) => answer === null).length;
    const half = open && open < questions.length && !own.skip;
    const call = $("call-title").firstChild.textContent.trim();
    left.remember(leaving, half ? `${call} is left with ${open} ${open === 1 ? "question" : "questions"} open.` : "");
    location.assign(leaving);
  }
  addEventListener("pageshow", () => { leaving = null; });

  function undo() {
    const last = undoable.pop();
    if (!last) { problem("There is nothing to undo on this page."); return; }
    const back = (what, value) => {
      apply(what, last.question, value);
      change(what, last.question, value, { undo: false });
    };
    if (last.do !== "confirm") { back(last.do, last.value); return; }
    back("evidence", last.value.evidence);
    back("answer", last.value.answer);
  }

  // ---- showing: the controls follow what is kept, and at once what was just chosen
  const field = (question) => question.querySelector("textarea[data-answer]");
  const inputs = (question) => [...question.querySelectorAll("input[type=radio]")];
  const valueOf = (input) => JSON.parse(input.dataset.value);

  function apply(what, key, value) {
    if (what === "answer") own.answers[key] = value;
    else if (what === "evidence") own.evidence[key] = value;
    else if (what === "skip") own.skip = value || "";
    else own[what] = value;
    show();
  }

  function fill(text, value) {
    if (document.activeElement === text || text.value === value) return;
    text.value = value;
    text.dataset.kept = value;
  }

  function show() {
    for (const question of questions) {
      const key = question.dataset.key;
      const answer = own.answers[key];
      for (const input of inputs(question)) input.checked = answer !== null && valueOf(input) === answer;
      if (field(question)) fill(field(question), answer === null || answer === "N/A" ? "" : answer);
      question.classList.toggle("answered", answer !== null);
      quotes(question, own.evidence[key] || []);
    }
    fill($("note"), own.note);
    $("heard").checked = own.manner === "heard";
    $("wrong").checked = own.wrong;
    if (own.skip) fill($("reason"), own.skip);
    $("skip").textContent = own.skip ? "Take the skip back" : "Skip this call";
    $("state").textContent = own.words;
    $("state").dataset.state = own.state;
  }

  function quotes(question, found) {
    const list = question.querySelector(".quotes");
    list.replaceChildren(...found.map((one, place) => {
      const item = document.createElement("li");
      const words = document.createElement("q");
      words.textContent = one.quote;
      words.dir = "auto";
      const away = document.createElement("button");
      away.type = "button";
      away.tabIndex = -1;
      away.textContent = "×";
      away.setAttribute("aria-label", `Take away the quote from turn ${one.turn}`);
      away.addEventListener("click", () => evidence(question, found.filter((_, at) => at !== place)));
      item.append(`turn ${one.turn}: `, words, " ", away);
      return item;
    }));
  }

  // ---- answering
  function answer(question, value) {
    const key = question.dataset.key;
    apply("answer", key, value);
    change("answer", key, value);
  }

  function evidence(question, value) {
    apply("evidence", question.dataset.key, value);
    change("evidence", question.dataset.key, value);
  }

  function quote(question) {
    const found = selection.take() || transcript.whole();
    if (!found || !found.quote.trim()) { problem("Select words in the transcript, or choose a turn with j and k."); return; }
    const cut = { turn: found.turn, quote: [...found.quote].slice(0, 300).join("") };
    evidence(question, [...(own.evidence[question.dataset.key] || []), cut]);
  }

  const later = new Map();
  function typed(text, keep) {
    text.dataset.kept = text.value;
    const now = () => {
      clearTimeout(later.get(text)?.timer);
      later.delete(text);
      if (text.value.trim() === text.dataset.kept) return;
      text.dataset.kept = text.value.trim();
      keep(text.value.trim());
    };
    text.addEventListener("input", () => {
      clearTimeout(later.get(text)?.timer);
      if (!signed) tell("not saved yet", "saving");
      later.set(text, { now, timer: setTimeout(now, 500) });
    });
    text.addEventListener("blur", now);
  }
  function flush() { for (const { now } of [...later.values()]) now(); }

  // ---- the assisted lane: one key takes the LLM's answer
  const suggestion = (question) => question.querySelector(".suggested[data-suggested]");
  const isLeft = (question) => own.answers[question.dataset.key] === null && suggestion(question);

  function confirm(question) {
    const key = question.dataset.key;
    const value = JSON.parse(suggestion(question).dataset.suggested);
    apply("answer", key, value);
    change("confirm", key, value);
  }

  function confirmAndGoOn() {
    if (!current || !suggestion(current)) { problem("There is no answer of the LLM here to confirm."); return; }
    confirm(current);
    const next = questions.slice(questions.indexOf(current) + 1).find((one) => own.answers[one.dataset.key] === null);
    if (next) go(next);
    else $("after").focus();
  }

  function confirmAll() {
    const left = questions.filter(isLeft);
    if (!left.length) { problem("Nothing is left that the LLM answered."); return; }
    left.forEach(confirm);
    const open = questions.find((one) => own.answers[one.dataset.key] === null);
    if (open) go(open);
    else $("after").focus();
  }

  // ---- moving
  const target = (question) => field(question) || inputs(question).find((one) => one.checked) || inputs(question)[0];

  function activate(question) {
    if (question === current) return;
    current?.classList.remove("current");
    current = question;
    current.classList.add("current");
    light(question.dataset.key);
    const of = question.dataset.ofTurn;
    if (of !== undefined) choose(transcript.turn(of));
    else if (assisted) jump(question.dataset.key);
  }

  function go(question) {
    activate(question);
    target(question).focus({ preventScroll: true });
    question.scrollIntoView({ block: "nearest" });
  }

  const nextCall = () => leave($("after").href);
  const earlierCall = () => { if ($("before")) leave($("before").href); };

  // ---- keys
  const isText = (at) => at.matches("textarea, input:not([type=radio]):not([type=checkbox])");

  function onQuestion(question, key) {
    const yesNo = question.dataset.type === "yes_no";
    if (yesNo && key === "n" && own.answers[question.dataset.key] === "no" && own.state === "graded") return false;
    const chosen = inputs(question).find((one) => one.getAttribute("aria-keyshortcuts") === key);
    if (!chosen) return false;
    chosen.focus({ preventScroll: true });
    answer(question, valueOf(chosen));
    return true;
  }

  const plain = {
    j: () => step(1),
    k: () => step(-1),
    n: nextCall,
    N: nextCall,
    p: earlierCall,
    P: earlierCall,
    u: undo,
    e: () => current && quote(current),
    E: () => current && evidence(current, (own.evidence[current.dataset.key] || []).slice(0, -1)),
    m: () => $("note").focus(),
    h: () => $("heard").click(),
    w: () => $("wrong").click(),
    x: () => $("reason").focus(),
    c: () => assisted && confirmAndGoOn(),
    C: () => assisted && confirmAll(),
    d: () => $("to-decide") && leave($("to-decide").href),
    "/": () => $("search").focus(),
    "?": () => $("help").showModal(),
  };

  function tab(event) {
    const question = event.target.closest(".question");
    if (!question) return;
    const next = questions[questions.indexOf(question) + (event.shiftKey ? -1 : 1)];
    if (!next && event.shiftKey) return;
    event.preventDefault();
    if (next) go(next);
    else $("after").focus();
  }

  document.addEventListener("keydown", (event) => {
    if ($("help").open || event.ctrlKey || event.metaKey || event.altKey) return;
    if (leaving) { event.preventDefault(); if (event.key === "Escape") leaving = null; return; }
    if (event.key === "Tab") { tab(event); return; }
    if (event.key === "Escape") {
      const question = event.target.closest(".question");
      if (isText(event.target) && (question || event.target.closest(".remarks"))) (current ? inputs(current)[0] : $("questions")).focus();
      else { event.target.blur(); current?.classList.remove("current"); current = null; }
      return;
    }
    if (isText(event.target)) return;
    if (event.key === " ") {
      if (player && !event.target.matches("button, summary, a")) { event.preventDefault(); play(transcript.from()); }
      return;
    }
    if (assisted && event.key === "Enter" && !event.target.matches("button, summary, a, [type=checkbox]")) {
      event.preventDefault();
      if (!event.repeat) confirmAndGoOn();
      return;
    }
    const atQuestion = current && (event.target.closest(".question") === current || event.target === document.body || event.target.closest(".call"));
    if (atQuestion && onQuestion(current, event.key)) { event.preventDefault(); return; }
    if (Object.hasOwn(plain, event.key)) { event.preventDefault(); plain[event.key](); }
  });

  // ---- the controls themselves
  for (const question of questions) {
    question.addEventListener("focusin", () => activate(question));
    question.addEventListener("change", (event) => {
      if (event.target.matches("input[type=radio]")) answer(question, valueOf(event.target));
    });
    question.querySelector(".quote").addEventListener("click", () => { activate(question); quote(question); });
    if (field(question)) typed(field(question), (text) => answer(question, text || null));
    question.querySelector(".confirm")?.addEventListener("click", () => { activate(question); confirm(question); });
    for (const quoted of question.querySelectorAll(".suggested .evidence")) {
      quoted.addEventListener("click", () => { activate(question); jump(question.dataset.key, quoted.dataset.at); });
    }
  }
  addEventListener("transcript-problem", (event) => problem(event.detail));
  $("confirm-all")?.addEventListener("click", confirmAll);
  typed($("note"), (text) => { own.note = text; change("note", undefined, text); });
  $("heard").addEventListener("change", (event) => change("manner", undefined, event.target.checked ? "heard" : "read"));
  $("wrong").addEventListener("change", (event) => change("wrong", undefined, event.target.checked));
  const skip = () => {
    const reason = own.skip ? null : $("reason").value.trim();
    if (reason === "") { problem("A skipped call needs a reason."); $("reason").focus(); return; }
    if (reason === null) $("reason").value = "";
    change("skip", undefined, reason);
  };
  $("skip").addEventListener("click", skip);
  $("reason").addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); skip(); } });
  $("undo").addEventListener("click", undo);
  $("keys").addEventListener("click", () => $("help").showModal());
  for (const link of document.querySelectorAll("nav.calls a, #to-decide")) {
    link.addEventListener("click", (event) => { event.preventDefault(); leave(link.href); });
  }

  show();
  const first = questions.find((one) => own.answers[one.dataset.key] === null) || questions[0];
  if (first && matchMedia("(min-width: 60rem)").matches) go(first);
  else if (first) activate(first);
  desk.dataset.ready = "yes";
})();
