// The table of events, the legend and the map's text.

import { ROOT, make, showDay, showMonth, showNumber, showRange } from "./dom.js";
import { orderOf, typeClass, typeWord } from "./types.js";

const MOST_WORDS = 420; // characters of a sentence in the list; the event's page has all of it
const MOST_PLACES = 100;

export class EventTable {
  constructor(table, { onPoint, countryName }) {
    this.table = table;
    this.body = table.tBodies[0];
    this.countryName = countryName;
    this.length = 0;
    for (const name of ["mouseover", "focusin"]) {
      this.body.addEventListener(name, (event) => {
        const row = event.target.closest("tr");
        onPoint(readNumber(row?.dataset.lat), readNumber(row?.dataset.lon));
      });
    }
    for (const name of ["mouseleave", "focusout"]) this.body.addEventListener(name, () => onPoint(null, null));
  }

  busy(is) {
    this.table.setAttribute("aria-busy", is);
  }

  show(events) {
    this.body.replaceChildren(...events.map((event) => this.row(event)));
    this.length = events.length;
    this.busy(false);
  }

  /** Append a page; the focus goes to its first event. */
  add(events) {
    const rows = events.map((event) => this.row(event));
    this.body.append(...rows);
    this.length += events.length;
    rows[0]?.querySelector("a")?.focus({ preventScroll: true });
  }

  /** Write the names of countries again, when they are known. */
  rename() {
    for (const cell of this.body.querySelectorAll("[data-country]")) cell.textContent = this.countryName(cell.dataset.country);
  }

  row(event) {
    const cell = (name, ...children) => make("td", { role: "cell", class: name }, ...children);
    return make("tr", { role: "row", "data-lat": event.lat, "data-lon": event.lon },
      cell("day", make("time", { datetime: event.event_day }, showWhen(event)), make("span", { class: "place" }, ...this.place(event))),
      cell("what",
        make("span", { class: `type ${typeClass(event.event_type)}` }, make("span", { class: "dot" }), typeWord(event.event_type)),
        event.mode ? make("span", { class: "tag" }, event.mode) : null,
        event.background ? make("span", { class: "tag" }, "recalled") : null,
        showWho(event),
        make("a", { class: "sentence", href: `${ROOT}/events/${encodeURIComponent(event.event_id)}`, dir: "auto" }, cut(event.sentence))),
      cell("number killed", ...showToll(event)),
      cell("number outlets", make("span", { class: "when-narrow" }, "outlets "), showNumber(event.outlets)));
  }

  place(event) {
    const country = event.country ? make("span", { class: "soft", "data-country": event.country }, this.countryName(event.country)) : null;
    if (!event.place_name) return [country];
    const name = make("bdi", {}, event.place_name);
    const link = event.geonameid ? make("a", { class: "plain", href: `${ROOT}/places/${event.geonameid}` }, name) : name;
    return event.place_precision === "country" ? [link] : [link, " ", country];
  }
}

function readNumber(text) {
  return text === undefined || text === "null" ? null : Number(text);
}

function showWhen(event) {
  if (event.date_start?.length === 4) return event.date_start;
  return event.date_start?.length === 7 ? showMonth(`${event.date_start}-01`) : showDay(event.event_day);
}

function showWho(event) {
  const link = (name) => make("a", { class: "plain", href: `${ROOT}/actors/${encodeURIComponent(name)}` }, make("bdi", {}, cut(name, 80)));
  if (!event.actor && !event.recipient) return null;
  return make("span", { class: "who" },
    event.actor ? link(event.actor) : make("span", { class: "soft" }, "unknown"),
    event.recipient ? make("span", { class: "soft arrow" }, make("span", { "aria-hidden": "true" }, " → "), make("span", { class: "unseen" }, " to ")) : null,
    event.recipient ? link(event.recipient) : null);
}

function showToll(event) {
  const toll = showRange(event.killed_best, event.killed_min, event.killed_max);
  if (!toll) return [make("span", { class: "soft", "aria-label": "not known" }, "–")];
  return [make("span", { class: "toll" }, toll), make("span", { class: "when-narrow" }, " killed"), event.toll_claimed ? make("small", { class: "soft" }, "claimed") : null];
}

function cut(text, most = MOST_WORDS) {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

/** A button a type with its number of events in the chosen days; pressed where the filter has it. */
export function fillLegend(list, types, bars, filter) {
  const totals = new Map();
  for (const bar of bars) {
    if ((filter.from && bar.start < filter.from && bar.end <= Date.parse(filter.from) / 86_400_000) || (filter.to && bar.start > filter.to)) continue;
    for (const part of bar.parts) totals.set(part.type, (totals.get(part.type) || 0) + part.events);
  }
  const codes = new Set([...types.map((type) => type.code), ...totals.keys()]);
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.type : null;
  list.replaceChildren(...[...codes].sort((a, b) => orderOf(a) - orderOf(b)).map((code) =>
    make("li", {}, make("button", { type: "button", class: totals.has(code) ? "key" : "key none", "data-type": code, "aria-pressed": String(filter.type.includes(code)) },
      make("span", { class: `dot ${typeClass(code)}` }), typeWord(code), make("span", { class: "soft number" }, showNumber(totals.get(code) || 0))))));
  if (focused) list.querySelector(`[data-type="${focused}"]`)?.focus();
}

/** The cells of the map as rows, with a button that does what a click on the circle does. */
export function fillPlaces(table, cells, onPick) {
  const rows = [...cells].sort((a, b) => b.events - a.events).slice(0, MOST_PLACES).map((cell) => make("tr", {},
    make("th", { scope: "row" }, make("button", { type: "button", class: "link", click: () => onPick(cell) }, make("bdi", {}, cell.place || `${cell.lat.toFixed(1)}, ${cell.lon.toFixed(1)}`))),
    make("td", {}, make("span", { class: `type ${typeClass(cell.type)}` }, make("span", { class: "dot" }), typeWord(cell.type))),
    make("td", { class: "number" }, showNumber(cell.events)),
    make("td", { class: "number" }, cell.killed === null || cell.killed === undefined ? "–" : showNumber(cell.killed))));
  table.tBodies[0].replaceChildren(...rows);
}
