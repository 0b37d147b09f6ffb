// Draws the timelines of a page from their tables.

import { make } from "./dom.js";
import { Timeline } from "./timeline.js";
import { TYPES, typeClass, typeWord } from "./types.js";

/** "Assault 3, Protest 2" in the last cell; the deaths are known of all of them together. */
function readParts(row) {
  return row.cells[row.cells.length - 1].textContent.split(", ").map((part, at) => {
    const [word, events] = part.split(" ");
    return { start: row.dataset.start, type: word.toUpperCase(), events: Number(events), killed: at ? 0 : Number(row.dataset.killed) };
  });
}

for (const holder of document.querySelectorAll(".drawn")) {
  const rows = [...holder.querySelectorAll("tr[data-start]")].flatMap(readParts);
  const chart = holder.querySelector(".chart");
  chart.hidden = false;
  new Timeline(chart, { height: 190 }).draw({ unit: holder.dataset.unit, rows });
  const types = new Set(rows.map((row) => row.type));
  const legend = holder.querySelector(".legend-still");
  legend.hidden = false;
  legend.append(...TYPES.filter((type) => types.has(type)).map((type) => make("li", {}, make("span", { class: `dot ${typeClass(type)}` }), typeWord(type))));
}
