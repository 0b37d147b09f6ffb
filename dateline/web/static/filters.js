// The filter bar: shows the filter that is in force, says what was changed, and lists it as chips.

import { calmDown, count, dayNumber, isoDay, make, showDay, showNumber } from "./dom.js";
import { orderOf, typeClass, typeWord } from "./types.js";

const TYPING_MS = 350;
const PRESETS = [["Last 7 days", 7], ["Last 30 days", 30], ["Last 90 days", 90], ["Last 12 months", 365]];

export class Filters {
  /** `onChange(change, how)`: some fields of the filter, and "push" or "replace" of the history. */
  constructor(form, chips, onChange) {
    this.form = form;
    this.chips = chips;
    this.onChange = onChange;
    this.filter = null;
    this.names = new Map();
    this.sent = {}; // what was typed and is in force
    this.typed = ""; // the field whose typing is one step of the history
    this.menus = Object.fromEntries(["type", "country", "days", "more"].map((name) => [name, document.getElementById(`menu-${name}`)]));
    this.listen();
  }

  listen() {
    this.form.addEventListener("submit", (event) => event.preventDefault());
    const type = calmDown((field) => this.change(field), TYPING_MS);
    for (const name of ["q", "actor", "killed", "outlets", "confidence"]) {
      const field = this.form.elements[name];
      field.addEventListener("input", () => type(field));
      field.addEventListener("change", () => {
        this.change(field);
        this.typed = "";
      });
    }
    for (const name of ["from", "to"]) this.form.elements[name].addEventListener("change", (event) => this.changeDays(event.target));
    this.form.elements.background.addEventListener("change", (event) => this.onChange({ background: event.target.checked ? "1" : "" }));
    document.getElementById("outlet").addEventListener("change", (event) => this.addOutlet(event.target));
    this.menus.country.querySelector(".find").addEventListener("input", (event) => this.find(event.target.value));
  }

  change(field) {
    if (!field.checkValidity()) return field.reportValidity();
    const value = field.value.trim();
    if (value === (this.filter[field.name] || "")) return;
    const how = this.typed === field.name ? "replace" : "push";
    this.typed = field.name;
    this.sent[field.name] = value;
    this.onChange({ [field.name]: value }, how);
  }

  changeDays(field) {
    const other = { from: "to", to: "from" }[field.name];
    const change = { [field.name]: field.value };
    const [from, to] = field.name === "from" ? [field.value, this.filter.to] : [this.filter.from, field.value];
    if (from && to && from > to) change[other] = field.value; // the other end comes along
    this.onChange(change);
  }

  addOutlet(field) {
    const name = field.value.trim();
    if (!this.outlets?.has(name)) return;
    field.value = "";
    this.onChange({ outlet: [...new Set([...this.filter.outlet, name])] });
  }

  countryName(code) {
    return this.names.get(code) || code;
  }

  /** What there is to choose from, as /api/facets gives it. */
  offer(facets) {
    this.facets = facets;
    this.names = new Map(facets.countries.map((country) => [country.code, country.name || country.code]));
    this.outlets = new Set(facets.outlets.map((outlet) => outlet.name));
    document.getElementById("outlet-names").replaceChildren(...facets.outlets.map((outlet) => make("option", { value: outlet.name })));
    this.offerTypes();
    this.offerCountries();
    this.offerDays();
  }

  offerTypes() {
    const types = [...this.facets.types].sort((a, b) => orderOf(a.code) - orderOf(b.code));
    this.menus.type.querySelector(".choices").replaceChildren(...types.flatMap((type) => {
      const modes = type.modes.map((mode) => (typeof mode === "string" ? { code: mode } : mode));
      return [
        this.choice("type", type.code, [make("span", { class: `dot ${typeClass(type.code)}` }), typeWord(type.code)], type.events),
        make("div", { class: "modes", "data-of": type.code, hidden: true }, ...modes.map((mode) => this.choice("mode", mode.code, [mode.code], mode.events))),
      ];
    }));
  }

  offerCountries() {
    const countries = [...this.facets.countries].filter((country) => country.code).sort((a, b) => b.events - a.events);
    this.menus.country.querySelector(".choices").replaceChildren(...countries.map((country) => this.choice("country", country.code, [this.countryName(country.code)], country.events)));
  }

  offerDays() {
    const last = this.facets.last;
    const button = (words, change) => make("button", { type: "button", class: "item", click: () => {
      this.onChange(change());
      this.menus.days.open = false;
      this.menus.days.querySelector("summary").focus();
    } }, words);
    this.menus.days.querySelector(".presets").replaceChildren(
      ...(last ? PRESETS.map(([words, days]) => button(words, () => ({ from: isoDay(dayNumber(last) - days + 1), to: last }))) : []),
      button("All days", () => ({ from: "", to: "" })),
    );
  }

  choice(name, value, words, events) {
    return make("label", { class: "choice" },
      make("input", { type: "checkbox", "data-name": name, value, change: (event) => this.toggle(name, value, event.target.checked) }),
      make("span", { class: "choice-words" }, ...words), events ? make("small", { class: "soft number" }, showNumber(events)) : null);
  }

  toggle(name, value, on) {
    const change = { [name]: on ? [...this.filter[name], value] : this.filter[name].filter((one) => one !== value) };
    if (name === "type" && !on) { // modes of a type that is let go go with it
      const modes = new Set(this.facets.types.filter((type) => type.code === value).flatMap((type) => type.modes.map((mode) => mode.code ?? mode)));
      change.mode = this.filter.mode.filter((mode) => !modes.has(mode));
    }
    this.onChange(change);
  }

  find(words) {
    const wanted = words.trim().toLowerCase();
    for (const label of this.menus.country.querySelectorAll(".choice")) label.hidden = !label.textContent.toLowerCase().includes(wanted);
  }

  /** Bring every field and chip to the filter. */
  show(filter) {
    this.filter = filter;
    for (const name of ["q", "actor", "killed", "outlets", "confidence", "from", "to"]) {
      const field = this.form.elements[name];
      const isTyped = field === document.activeElement && filter[name] === this.sent[name]; // more may be typed by now
      if (!isTyped && field.value !== filter[name]) field.value = filter[name];
      if (!isTyped) delete this.sent[name];
    }
    this.form.elements.background.checked = Boolean(filter.background);
    for (const box of this.form.querySelectorAll("input[data-name]")) box.checked = filter[box.dataset.name].includes(box.value);
    for (const modes of this.form.querySelectorAll(".modes")) {
      modes.hidden = !filter.type.includes(modes.dataset.of) && !modes.querySelector("input:checked");
    }
    this.badge("type", filter.type.length + filter.mode.length);
    this.badge("country", filter.country.length);
    this.badge("days", filter.from || filter.to ? 1 : 0);
    this.badge("more", ["killed", "outlets", "confidence", "background"].filter((name) => filter[name]).length + filter.outlet.length);
    this.showChips();
  }

  badge(name, number) {
    const badge = this.menus[name].querySelector(".badge");
    badge.hidden = !number;
    badge.textContent = number;
  }

  showChips() {
    const { filter } = this;
    const chips = [];
    const add = (words, change) => chips.push(make("button", { type: "button", class: "chip", "aria-label": `Remove the filter ${words}`, click: () => this.remove(change) }, make("bdi", {}, words), make("span", { "aria-hidden": "true" }, "✕")));
    if (filter.q) add(`“${filter.q}”`, { q: "" });
    if (filter.from || filter.to) add(describeDays(filter), { from: "", to: "" });
    for (const name of ["type", "mode", "country", "outlet"]) {
      for (const value of filter[name]) {
        const words = name === "type" ? typeWord(value) : name === "country" ? this.countryName(value) : value;
        add(words, { [name]: filter[name].filter((one) => one !== value) });
      }
    }
    if (filter.actor) add(`Actor has “${filter.actor}”`, { actor: "" });
    if (filter.party) add(`Actor or recipient: ${filter.party}`, { party: "" });
    if (filter.killed) add(`At least ${showNumber(Number(filter.killed))} killed`, { killed: "" });
    if (filter.outlets) add(`At least ${count(Number(filter.outlets), "outlet")}`, { outlets: "" });
    if (filter.confidence) add(`Confidence from ${filter.confidence}`, { confidence: "" });
    if (filter.place) add("One place", { place: "" });
    if (filter.bbox) add("Part of the map", { bbox: "" });
    if (filter.background) add("Also recalled", { background: "" });
    const nothing = { q: "", from: "", to: "", type: [], mode: [], country: [], outlet: [], actor: "", party: "", killed: "", outlets: "", confidence: "", place: "", bbox: "", background: "" };
    if (chips.length > 1) chips.push(make("button", { type: "button", class: "quiet", click: () => this.remove(nothing) }, "Remove all"));
    this.chips.replaceChildren(...chips);
    this.chips.hidden = !chips.length;
  }

  /** The focus stays with the chips, else goes to the first field. */
  remove(change) {
    this.onChange(change);
    (this.chips.querySelector("button") ?? this.form.elements.q).focus();
  }
}

function describeDays({ from, to }) {
  if (from && to) return from === to ? showDay(from) : `${showDay(from)} – ${showDay(to)}`;
  return from ? `From ${showDay(from)}` : `Up to ${showDay(to)}`;
}
