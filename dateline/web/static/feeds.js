// Feeds: show those that are looked for.

import { count } from "./dom.js";

const rows = [...document.querySelectorAll("#health tbody tr")];
const trouble = document.getElementById("only-trouble");
const find = document.getElementById("find-feed");

function show() {
  const words = find.value.trim().toLowerCase();
  for (const row of rows) row.hidden = (trouble.checked && !row.dataset.trouble) || !row.textContent.toLowerCase().includes(words);
  document.getElementById("feeds-shown").textContent = `${count(rows.filter((row) => !row.hidden).length, "feed")} shown`;
}

for (const label of document.querySelectorAll(".only")) label.hidden = false;
trouble.addEventListener("change", show);
find.addEventListener("input", show);
