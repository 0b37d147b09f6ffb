// Light or dark before the first paint: what was chosen here, else what the system prefers.
(() => {
  "use strict";
  const CHOICES = ["system", "light", "dark"];
  const SIGNS = { system: "◐", light: "☀", dark: "☾" };
  const root = document.documentElement;

  function read() {
    try {
      const kept = localStorage.getItem("dateline.theme");
      return CHOICES.includes(kept) ? kept : "system";
    } catch {
      return "system"; // storage is blocked: follow the system
    }
  }

  function apply(choice) {
    if (choice === "system") delete root.dataset.theme;
    else root.dataset.theme = choice;
  }

  function show(button, choice) {
    button.hidden = false;
    button.querySelector(".sign").textContent = SIGNS[choice];
    button.querySelector(".words").textContent = `Colours: ${choice}`;
    button.title = `Colours: ${choice}`;
  }

  apply(read());
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    if (!button) return;
    show(button, read());
    button.addEventListener("click", () => {
      const choice = CHOICES[(CHOICES.indexOf(read()) + 1) % CHOICES.length];
      try {
        localStorage.setItem("dateline.theme", choice);
      } catch {
        // not kept, but applied to this page
      }
      apply(choice);
      show(button, choice);
      window.dispatchEvent(new CustomEvent("themechange"));
    });
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    window.dispatchEvent(new CustomEvent("themechange"));
  });
})();
