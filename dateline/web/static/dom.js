// Elements, numbers and days. Text is always set as text, so nothing that an outlet wrote can become markup.

export const ROOT = document.documentElement.dataset.root || "";
const SVG = "http://www.w3.org/2000/svg";
const MARKUP = { class: "class", for: "for" };

/** Make an element; functions in `attributes` become listeners, children are elements or text. */
export function make(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function makeSvg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(MARKUP[name] || name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

const NUMBERS = new Intl.NumberFormat("en");
const DAYS = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const SHORT_DAYS = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const MONTHS = new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric", timeZone: "UTC" });
const DAY_MS = 86_400_000;

export function showNumber(number) {
  return NUMBERS.format(number);
}

/** "1 event", "2,345 events"; for other plurals give them. */
export function count(number, one, many = `${one}s`) {
  return `${showNumber(number)} ${number === 1 ? one : many}`;
}

/** Days since 1970 of an ISO day. */
export function dayNumber(iso) {
  return Math.round(Date.parse(`${iso.slice(0, 10)}T00:00:00Z`) / DAY_MS);
}

export function isoDay(number) {
  return new Date(number * DAY_MS).toISOString().slice(0, 10);
}

export function showDay(iso) {
  return DAYS.format(new Date(`${iso.slice(0, 10)}T00:00:00Z`));
}

export function showShortDay(iso) {
  return SHORT_DAYS.format(new Date(`${iso.slice(0, 10)}T00:00:00Z`));
}

export function showMonth(iso) {
  return MONTHS.format(new Date(`${iso.slice(0, 10)}T00:00:00Z`));
}

/** "3", "3 to 5 (4)", "" when no report gives a number. */
export function showRange(best, least, most) {
  if (best === null || best === undefined) return "";
  if (least === null || most === null || least === most) return showNumber(best);
  return `${showNumber(least)}–${showNumber(most)}`;
}

/** JSON of an address of this site. Raises an Error with the server's own sentence. */
export async function fetchJson(path, options = {}) {
  const response = await fetch(ROOT + path, { headers: { Accept: "application/json" }, ...options });
  const isJson = (response.headers.get("Content-Type") || "").includes("json");
  const body = isJson ? await response.json() : null;
  if (!response.ok) throw new Error(body?.error || body?.detail || `The server answered ${response.status}.`);
  return body;
}

/** The colour that a custom property has now, as the canvas wants it. */
export function readColour(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  probe.hidden = true;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

/** Run `change` only when `wait` ms passed without another call. */
export function calmDown(change, wait) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => change(...values), wait);
  };
}

/** One note that follows the pointer. */
export class Tip {
  constructor() {
    this.element = make("div", { class: "tip", hidden: true, "aria-hidden": "true" });
    document.body.append(this.element);
  }

  show(x, y, ...children) {
    this.element.replaceChildren(...children);
    this.element.hidden = false;
    const { width, height } = this.element.getBoundingClientRect();
    const left = x + 14 + width > innerWidth ? x - width - 14 : x + 14;
    this.element.style.left = `${Math.max(4, left)}px`;
    this.element.style.top = `${Math.max(4, Math.min(y + 14, innerHeight - height - 4))}px`;
  }

  hide() {
    this.element.hidden = true;
  }
}

/** Copy, and say so on the button for a moment. */
export async function copyText(button, text) {
  const words = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Select it and copy by hand";
  }
  setTimeout(() => (button.textContent = words), 1600);
}

/** Menus close on Escape (the focus goes back), on a click elsewhere, and when another opens. */
export function closeMenus() {
  const opened = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of opened()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    for (const menu of opened()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("focusin", (event) => {
    for (const menu of opened()) if (!menu.contains(event.target)) menu.open = false;
  });
}
