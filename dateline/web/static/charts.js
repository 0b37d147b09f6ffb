// Draws the timelines of a page from their tables.

import { make } from "./dom.js";
import { Timeline } from "./timeline.js";
import { TYPES, typeClass, typeWord } from "./types.js";

for (const holder of document.querySelectorAll(".drawn")) {
  const rows = [...holder.querySelectorAll("tr[data-start]")].map(({ dataset }) => ({
    start: dataset.start, type: dataset.type, events: Number(dataset.events), killed: dataset.killed === "" ? null : Number(dataset.killed),
  }));
  const chart = holder.querySelector(".chart");
  chart.hidden = false;
  new Timeline(chart, { height: 190 }).draw({ unit: holder.dataset.unit, rows });
  const types = new Set(rows.map((row) => row.type));
  const legend = holder.querySelector(".legend-still");
  legend.hidden = false;
  legend.append(...TYPES.filter((type) => types.has(type)).map((type) => make("li", {}, make("span", { class: `dot ${typeClass(type)}` }), typeWord(type))));
}
