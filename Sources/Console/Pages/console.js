// Small conveniences; every page works without them.
document.querySelectorAll("form[action$='/abandon']").forEach((form) =>
  form.addEventListener("submit", (event) => {
    if (!window.confirm("Give this message up for good?")) event.preventDefault();
  }));
// A value and its bytes are marked together.
const mark = () => {
  document.querySelectorAll(".marked").forEach((element) => element.classList.remove("marked"));
  const number = /^#[bd](\d+)$/.exec(window.location.hash);
  if (!number) return;
  ["b", "d"].forEach((letter) => document.getElementById(letter + number[1])?.classList.add("marked"));
};
window.addEventListener("hashchange", mark);
mark();
