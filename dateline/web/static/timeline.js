// A stacked timeline as SVG; where it is given `onBrush`, dragging over it chooses days.

import { Tip, count, dayNumber, isoDay, make, makeSvg, showDay, showMonth, showNumber, showShortDay } from "./dom.js";
import { orderOf, typeClass, typeWord } from "./types.js";

const LEFT = 36;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 22;
const WIDEST_BAR = 54;
const CLICK_PX = 4;

/** [{start, number, end, total, killed, parts: [{type, events, killed}]}] of the rows of /api/timeline. */
export function stack(rows, unit) {
  const bars = new Map();
  for (const row of rows) {
    if (!bars.has(row.start)) {
      const number = dayNumber(row.start);
      bars.set(row.start, { start: row.start, number, end: nextStart(number, unit), total: 0, killed: 0, parts: [] });
    }
    const bar = bars.get(row.start);
    bar.total += row.events;
    bar.killed += row.killed || 0;
    bar.parts.push(row);
  }
  for (const bar of bars.values()) bar.parts.sort((a, b) => orderOf(a.type) - orderOf(b.type));
  return [...bars.values()].sort((a, b) => a.number - b.number);
}

function nextStart(number, unit) {
  if (unit === "week") return number + 7;
  if (unit === "day") return number + 1;
  const date = new Date(number * 86_400_000);
  return Date.UTC(date.getUTCFullYear() + (unit === "year" ? 1 : 0), date.getUTCMonth() + (unit === "year" ? 0 : 1), 1) / 86_400_000;
}

export class Timeline {
  constructor(element, { onBrush = null, height = 140 } = {}) {
    this.element = element;
    this.onBrush = onBrush;
    this.height = height;
    this.tip = new Tip();
    this.data = null;
    this.chosen = null;
    this.width = 0;
    new ResizeObserver(() => {
      if (this.element.clientWidth !== this.width) this.paint();
    }).observe(element);
  }

  /** `data` as /api/timeline gives it; `chosen` is {first, last} in ISO days, or null. */
  draw(data, chosen = null) {
    this.data = data;
    this.chosen = chosen;
    this.bars = stack(data.rows, data.unit);
    this.paint();
  }

  choose(chosen) {
    this.chosen = chosen;
    this.paintChoice();
  }

  paint() {
    this.width = this.element.clientWidth;
    if (!this.data || !this.width) return;
    this.element.replaceChildren();
    if (!this.bars.length) {
      this.element.append(make("p", { class: "soft empty" }, "No day has an event here."));
      return;
    }
    this.first = Math.min(dayNumber(this.data.first ?? this.bars[0].start), this.bars[0].number);
    this.last = Math.max(dayNumber(this.data.last ?? this.bars.at(-1).start) + 1, this.bars.at(-1).end);
    const most = Math.max(...this.bars.map((bar) => bar.total));
    const steps = niceSteps(most);
    this.top = steps.at(-1);
    this.svg = makeSvg("svg", { width: this.width, height: this.height, viewBox: `0 0 ${this.width} ${this.height}`, role: "img", "aria-label": this.describe() });
    this.svg.append(...this.drawLines(steps), ...this.drawDays(), this.drawBars());
    this.choice = makeSvg("g", { class: "choice" });
    this.svg.append(this.choice);
    this.element.append(this.svg);
    this.paintChoice();
    this.listen();
  }

  describe() {
    const most = this.bars.reduce((a, b) => (b.total > a.total ? b : a));
    const total = this.bars.reduce((sum, bar) => sum + bar.total, 0);
    return `${count(total, "event")} a ${this.data.unit}, ${showDay(isoDay(this.first))} to ${showDay(isoDay(this.last - 1))}; most, ${showNumber(most.total)}, at ${showDay(most.start)}`;
  }

  x(number) {
    return LEFT + ((number - this.first) / (this.last - this.first)) * (this.width - LEFT - RIGHT);
  }

  day(x) {
    const share = (x - LEFT) / (this.width - LEFT - RIGHT);
    return this.first + Math.min(1, Math.max(0, share)) * (this.last - this.first);
  }

  y(events) {
    return this.height - BOTTOM - (events / this.top) * (this.height - BOTTOM - TOP);
  }

  drawLines(steps) {
    return steps.flatMap((step) => [
      makeSvg("line", { class: step ? "line" : "line base", x1: LEFT, x2: this.width - RIGHT, y1: this.y(step), y2: this.y(step) }),
      makeSvg("text", { class: "tick", x: LEFT - 6, y: this.y(step) + 4, "text-anchor": "end" }, shorten(step)),
    ]);
  }

  drawDays() {
    return niceDays(this.first, this.last, Math.max(1, Math.floor((this.width - LEFT) / 88))).flatMap(({ number, words }) => {
      const x = this.x(number + (this.data.unit === "day" && this.last - this.first < 32 ? 0.5 : 0));
      if (x < LEFT || x > this.width - 26) return [];
      return [makeSvg("text", { class: "tick", x, y: this.height - 5, "text-anchor": "middle" }, words)];
    });
  }

  drawBars() {
    const group = makeSvg("g", {});
    for (const bar of this.bars) {
      const room = this.x(bar.end) - this.x(bar.number);
      const width = Math.max(1, Math.min(WIDEST_BAR, room > 4 ? room - Math.min(3, room * 0.2) : room));
      const x = this.x(bar.number) + (room - width) / 2;
      let below = 0;
      for (const part of bar.parts) {
        const y = this.y(below + part.events);
        group.append(makeSvg("rect", { class: `bar ${typeClass(part.type)}`, x, y, width, height: Math.max(0.5, this.y(below) - y) }));
        below += part.events;
      }
    }
    return group;
  }

  paintChoice() {
    if (!this.choice) return;
    this.choice.replaceChildren();
    if (!this.chosen) return;
    const left = this.x(Math.max(this.first, dayNumber(this.chosen.first || isoDay(this.first))));
    const right = this.x(Math.min(this.last, dayNumber(this.chosen.last || isoDay(this.last - 1)) + 1));
    const height = this.height - BOTTOM - TOP;
    this.choice.append(
      makeSvg("rect", { class: "out", x: LEFT, y: TOP, width: Math.max(0, left - LEFT), height }),
      makeSvg("rect", { class: "out", x: Math.max(LEFT, right), y: TOP, width: Math.max(0, this.width - RIGHT - Math.max(LEFT, right)), height }),
    );
    if (right > left) this.choice.append(makeSvg("rect", { class: "in", x: left, y: TOP, width: right - left, height, rx: 3 }));
  }

  listen() {
    this.svg.addEventListener("pointermove", (event) => this.showBar(event));
    this.svg.addEventListener("pointerleave", () => this.tip.hide());
    if (!this.onBrush) return;
    this.svg.classList.add("brush");
    let from = null;
    const place = (event) => event.clientX - this.svg.getBoundingClientRect().left;
    const span = (event) => {
      const ends = [Math.floor(this.day(from)), Math.floor(this.day(place(event)))].sort((a, b) => a - b);
      const inside = (number) => Math.min(this.last - 1, Math.max(this.first, number));
      const bars = this.bars.filter((bar) => bar.number <= inside(ends[1]) && bar.end > inside(ends[0]));
      if (this.data.unit === "day" || !bars.length) return { first: isoDay(inside(ends[0])), last: isoDay(inside(ends[1])) };
      return { first: isoDay(Math.min(inside(ends[0]), bars[0].number)), last: isoDay(bars.at(-1).end - 1) };
    };
    this.svg.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      from = place(event);
      this.svg.setPointerCapture(event.pointerId);
    });
    this.svg.addEventListener("pointermove", (event) => {
      if (from !== null && Math.abs(place(event) - from) > CLICK_PX) this.choose(span(event));
    });
    this.svg.addEventListener("pointerup", (event) => {
      if (from === null) return;
      const moved = Math.abs(place(event) - from) > CLICK_PX;
      const chosen = span(event);
      from = null;
      if (moved || this.barAt(place(event))) this.onBrush(chosen);
    });
    this.svg.addEventListener("pointercancel", () => {
      from = null;
    });
  }

  barAt(x) {
    const day = this.day(x);
    return x < LEFT ? undefined : this.bars.find((bar) => bar.number <= day && day < bar.end);
  }

  showBar(event) {
    const bar = this.barAt(event.clientX - this.svg.getBoundingClientRect().left);
    if (!bar) return this.tip.hide();
    const title = this.data.unit === "month" ? showMonth(bar.start) : this.data.unit === "week" ? `Week of ${showDay(bar.start)}` : showDay(bar.start);
    this.tip.show(event.clientX, event.clientY,
      make("div", {}, make("b", {}, title), `: ${count(bar.total, "event")}${bar.killed ? `, ${showNumber(bar.killed)} killed` : ""}`),
      ...[...bar.parts].sort((a, b) => b.events - a.events).slice(0, 8).map((part) =>
        make("div", { class: "row" }, make("span", { class: `dot ${typeClass(part.type)}` }), `${typeWord(part.type)} ${showNumber(part.events)}`)));
  }
}

function shorten(number) {
  if (number >= 1_000_000) return `${number / 1_000_000}M`;
  return number >= 10_000 ? `${number / 1000}k` : showNumber(number);
}

/** 0 and two to four even steps that reach `most`. */
function niceSteps(most) {
  const rough = Math.max(1, most / 3);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= rough && Number.isInteger(one)) ?? 1);
  const steps = [0];
  while (steps.at(-1) < most) steps.push(steps.at(-1) + step);
  return steps;
}

/** Days to write below the axis, at most `most` of them. */
function niceDays(first, last, most) {
  const days = last - first;
  for (const step of [1, 2, 7, 14]) {
    if (days / step > most) continue;
    const start = step >= 7 ? first + ((11 - (first % 7)) % 7) : first; // weeks begin on Mondays; day 4 was one
    return range(start, last, step).map((number) => ({ number, words: showShortDay(isoDay(number)) }));
  }
  for (const months of [1, 2, 3, 6]) {
    if (days / (30.4 * months) <= most) return listMonths(first, last, months);
  }
  const years = [1, 2, 5, 10, 20, 50, 100].find((one) => days / (365.25 * one) <= most) ?? 500;
  return listMonths(first, last, 12 * years);
}

function range(start, end, step) {
  return Array.from({ length: Math.max(0, Math.ceil((end - start) / step)) }, (_, i) => start + i * step);
}

function listMonths(first, last, step) {
  const date = new Date(first * 86_400_000);
  let month = Math.ceil((date.getUTCFullYear() * 12 + date.getUTCMonth() + (date.getUTCDate() > 1 ? 1 : 0)) / step) * step;
  const found = [];
  for (;;) {
    const number = Date.UTC(Math.floor(month / 12), month % 12, 1) / 86_400_000;
    if (number >= last) return found;
    found.push({ number, words: step >= 12 ? String(Math.floor(month / 12)) : showMonth(isoDay(number)) });
    month += step;
  }
}
