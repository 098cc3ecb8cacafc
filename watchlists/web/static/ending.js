// Says five minutes beforehand that the sign-in ends, keeps it going where asked, and leaves no name on a screen after.
// Without scripts the foot of every page says when it ends, and the next click leads to the sign-in page.
"use strict";
const WARNING = 5 * 60; // seconds
const KEY = "handrail-ends";
const dialog = document.getElementById("ending");
let timer = 0;

// Another tab may have gone on working: the latest end counts, so it is kept where all tabs see it.
const ends = () => Number(localStorage.getItem(KEY));
const endIn = (seconds) => localStorage.setItem(KEY, String(Date.now() + 1000 * seconds));
const secondsLeft = () => Math.round((ends() - Date.now()) / 1000);
const leave = () => location.replace("/sign-in?next=" + encodeURIComponent(location.pathname + location.search));

function look() {
  clearTimeout(timer);
  const left = secondsLeft();
  if (left <= 0) return leave();
  const soon = left <= WARNING;
  if (soon && !dialog.open) {
    const at = new Date(ends()).toLocaleTimeString("en-GB", { hour: "numeric", minute: "2-digit" });
    document.getElementById("ending-at").textContent = at;
    dialog.showModal();
  }
  if (!soon && dialog.open) dialog.close();
  timer = setTimeout(look, 1000 * (soon ? Math.min(10, left) : left - WARNING));
}

async function stay() {
  if (secondsLeft() > WARNING) return; // closed because another tab went on working
  const answer = await fetch("/still-here", { redirect: "manual" });
  if (!answer.ok) return leave();
  endIn((await answer.json()).seconds);
  look();
}

if (dialog) {
  dialog.addEventListener("close", stay);
  document.addEventListener("visibilitychange", look); // timers sleep while a phone does
  endIn(Number(dialog.dataset.seconds));
  look();
}
