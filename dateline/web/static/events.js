// The events page: filter, map, timeline and table, all of one state that lives in the address.

import { ROOT, calmDown, closeMenus, copyText, count, fetchJson, showDay, showNumber } from "./dom.js";
import { Filters } from "./filters.js";
import { Cells, openMap } from "./map.js";
import { EventTable, fillLegend, fillPlaces } from "./lists.js";
import { readBox, readFilter, readView, writeBox, writeFilter, writeView } from "./state.js";
import { Timeline } from "./timeline.js";

const CLOSE_ZOOM = 5; // from here on only the cells that are in view are asked for
const WORLD = [[-52, -130], [68, 155]];

const byId = (id) => document.getElementById(id);

class EventsPage {
  constructor() {
    this.filter = readFilter(location.search);
    this.view = readView(location.hash);
    this.facets = { countries: [], types: [], outlets: [] };
    this.round = null; // cancels what is still on its way when the filter changes
    this.cellsRound = null;
    this.askedCells = "";
    this.fitting = false;
    this.filters = new Filters(byId("filters"), byId("chips"), (change, how) => this.change(change, how));
    this.table = new EventTable(byId("events"), {
      onPoint: (lat, lon) => this.cells.point(lat, lon),
      countryName: (code) => this.filters.countryName(code),
    });
    this.timeline = new Timeline(byId("timeline"), { onBrush: (days) => this.change({ from: days.first, to: days.last }) });
    this.openMap();
    this.listen();
  }

  openMap() {
    const { map, base } = openMap(byId("map"));
    this.map = map;
    this.cells = new Cells(map, (cell) => this.pick(cell));
    this.moving = true; // what the page itself does to the map changes no filter
    if (this.view.map) map.setView([this.view.map.lat, this.view.map.lon], this.view.map.zoom, { animate: false });
    else map.fitBounds(readBoxBounds(this.filter.bbox) ?? WORLD, { animate: false });
    this.moving = false;
    map.on("moveend", calmDown(() => this.moved(), 120));
    window.addEventListener("themechange", () => {
      base.repaint();
      this.cells.draw(this.cells.cells);
    });
  }

  listen() {
    window.addEventListener("popstate", () => {
      this.filter = readFilter(location.search);
      this.view = readView(location.hash);
      if (this.view.map) this.map.setView([this.view.map.lat, this.view.map.lon], this.view.map.zoom, { animate: false });
      this.refresh({ fit: !this.view.map });
    });
    byId("follow").addEventListener("change", (event) => {
      this.view.follow = event.target.checked;
      this.change({ bbox: event.target.checked ? this.shownBox() : "" });
    });
    byId("size").addEventListener("change", (event) => this.cells.resize(event.target.value));
    byId("more").addEventListener("click", () => this.showMore());
    byId("zoom-in").addEventListener("click", () => this.zoom({ first: this.filter.from || this.timeline.data.first, last: this.filter.to || this.timeline.data.last }));
    byId("zoom-out").addEventListener("click", () => {
      this.view.span = null;
      this.change({ from: "", to: "" });
    });
    byId("legend").addEventListener("click", (event) => {
      const type = event.target.closest("button")?.dataset.type;
      if (type) this.change({ type: this.filter.type.includes(type) ? this.filter.type.filter((one) => one !== type) : [...this.filter.type, type] });
    });
    byId("show-sql").addEventListener("click", () => this.showSql());
    byId("close-sql").addEventListener("click", () => byId("sql-dialog").close());
    byId("copy-sql").addEventListener("click", (event) => copyText(event.target, byId("sql-dialog").querySelector("code").textContent));
    byId("sql-dialog").addEventListener("click", (event) => {
      if (event.target === event.currentTarget) event.currentTarget.close();
    });
  }

  /** Change the filter: a step of the history, or with `how` "replace" the same step written again. */
  change(change, how = "push") {
    const before = writeFilter(this.filter);
    const places = `${this.filter.country}|${this.filter.place}`;
    this.filter = { ...this.filter, ...change };
    if ("bbox" in change && !change.bbox) this.view.follow = false;
    if (writeFilter(this.filter) === before && !("bbox" in change)) return;
    this.write(how);
    this.refresh({ fit: `${this.filter.country}|${this.filter.place}` !== places });
  }

  write(how) {
    const query = writeFilter(this.filter);
    const address = `${location.pathname}${query ? `?${query}` : ""}${writeView(this.view)}`;
    if (how === "push" && query !== location.search.replace(/^\?/, "")) history.pushState(null, "", address);
    else history.replaceState(null, "", address);
  }

  async start() {
    const facets = this.loadFacets();
    await this.refresh({ fit: !this.view.map && !this.filter.bbox });
    await facets;
  }

  async loadFacets() {
    try {
      this.facets = await fetchJson("/api/facets");
    } catch (error) {
      return this.fail(error);
    }
    this.filters.offer(this.facets);
    this.filters.show(this.filter);
    this.table.rename();
    this.showLegend();
  }

  /** Ask for everything that the filter changes. */
  async refresh({ fit = false } = {}) {
    this.round?.abort();
    this.round = new AbortController();
    const { signal } = this.round;
    this.filters.show(this.filter);
    byId("follow").checked = Boolean(this.view.follow && this.filter.bbox);
    byId("failure").hidden = true;
    this.link();
    this.table.busy(true);
    const query = writeFilter(this.filter);
    try {
      await Promise.all([
        fetchJson(`/api/events?${query}`, { signal }).then((page) => this.showEvents(page)),
        this.loadTimeline(signal),
        this.loadCells({ fit, anew: true }),
      ]);
      document.body.dataset.shown = query || "all"; // what the page shows now
    } catch (error) {
      if (error.name !== "AbortError") this.fail(error);
    }
  }

  fail(error) {
    byId("failure").textContent = error instanceof TypeError ? "The server does not answer. Is dateline web still running?" : error.message;
    byId("failure").hidden = false;
    this.table.busy(false);
  }

  link() {
    const query = writeFilter(this.filter);
    for (const link of document.querySelectorAll("#downloads a, #feeds a")) link.href = `${ROOT}${link.dataset.path}${query ? `?${query}` : ""}`;
  }

  showEvents(page) {
    this.next = page.next;
    this.table.show(page.events);
    byId("total").textContent = count(page.total, "event");
    const { from, to } = this.filter;
    byId("scope").textContent = from && to ? (from === to ? showDay(from) : `${showDay(from)} – ${showDay(to)}`) : from ? `from ${showDay(from)}` : to ? `up to ${showDay(to)}` : "";
    byId("empty").hidden = page.total > 0;
    byId("more").hidden = !page.next;
    this.total = page.total;
    this.showRest();
  }

  showRest() {
    const rest = this.total - this.table.length;
    byId("more").textContent = `Show more (${showNumber(rest)} left)`;
  }

  async showMore() {
    const button = byId("more");
    button.disabled = true;
    try {
      const page = await fetchJson(`/api/events?${writeFilter(this.filter, { cursor: this.next })}`, { signal: this.round.signal });
      this.next = page.next;
      this.table.add(page.events);
      this.showRest();
    } catch (error) {
      if (error.name !== "AbortError") this.fail(error);
    }
    button.disabled = false;
    button.hidden = !this.next;
  }

  async loadTimeline(signal) {
    const { span } = this.view;
    const data = await fetchJson(`/api/timeline?${writeFilter({ ...this.filter, from: span?.first ?? "", to: span?.last ?? "" })}`, { signal });
    const { from, to } = this.filter;
    this.timeline.draw(data, from || to ? { first: from, last: to } : null);
    byId("zoom-in").hidden = !(from || to) || (span?.first === from && span?.last === to);
    byId("zoom-out").hidden = !(from || to || span);
    this.showLegend();
  }

  showLegend() {
    fillLegend(byId("legend"), this.facets.types, this.timeline.bars ?? [], this.filter);
  }

  zoom(span) {
    this.view.span = span;
    this.write("replace");
    this.loadTimeline(this.round.signal).catch((error) => error.name === "AbortError" || this.fail(error));
  }

  /** The cells of the map at its zoom; asked for again only where that can give others. */
  async loadCells({ fit = false, anew = false } = {}) {
    if (this.fitting && !anew) return; // the map is about to be moved to the cells that are on their way
    const zoom = fit ? 3 : Math.round(this.map.getZoom());
    const box = this.filter.bbox || (zoom >= CLOSE_ZOOM ? writeBounds(this.map.getBounds().pad(0.2)) : "");
    const asked = writeFilter({ ...this.filter, bbox: box }, { zoom });
    if (asked === this.askedCells && !anew) return;
    this.askedCells = asked;
    this.cellsRound?.abort();
    const round = new AbortController();
    this.cellsRound = round;
    this.fitting = fit;
    let cells = [];
    try {
      ({ cells } = await fetchJson(`/api/map?${asked}`, { signal: round.signal }));
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    } finally {
      if (this.cellsRound === round) this.fitting = false;
    }
    if (this.cellsRound !== round) return; // others were asked for meanwhile
    this.cells.draw(cells);
    fillPlaces(byId("places"), cells, (cell) => this.pick(cell));
    if (fit && cells.length) this.fit(cells);
  }

  fit(cells) {
    this.moving = true;
    this.map.fitBounds(cells.map((cell) => [cell.lat, cell.lon]), { padding: [36, 36], maxZoom: 6, animate: false });
    this.moving = false;
    this.loadCells().catch(() => {});
  }

  shownBox() {
    return writeBounds(this.map.getBounds());
  }

  moved() {
    const { lat, lng } = this.map.getCenter();
    this.view.map = { zoom: this.map.getZoom(), lat, lon: lng };
    if (this.view.follow && !this.moving) this.change({ bbox: this.shownBox() }, "replace");
    else {
      this.write("replace");
      this.loadCells().catch((error) => error.name === "AbortError" || this.fail(error));
    }
  }

  /** An event of its own opens; of more, only they are shown. */
  pick(cell) {
    if (cell.event_id) {
      location.href = `${ROOT}/events/${encodeURIComponent(cell.event_id)}`;
      return;
    }
    const { size } = cell;
    const [south, west] = [Math.floor(cell.lat / size) * size, Math.floor(cell.lon / size) * size];
    const bbox = writeBox(south, west, south + size, west + size);
    this.view.follow = false;
    this.map.fitBounds(readBoxBounds(bbox), { maxZoom: 10, animate: false });
    this.change({ bbox });
  }

  async showSql() {
    const dialog = byId("sql-dialog");
    const query = writeFilter(this.filter);
    try {
      const response = await fetch(`${ROOT}/events.sql${query ? `?${query}` : ""}`);
      if (!response.ok) throw new Error(`The server answered ${response.status}.`);
      const sql = await response.text();
      dialog.querySelector("code").textContent = sql;
      byId("open-sql").href = `${ROOT}/sql?q=${encodeURIComponent(sql)}`;
      dialog.showModal();
    } catch (error) {
      this.fail(error);
    }
  }
}

function writeBounds(bounds) {
  if (bounds.getEast() - bounds.getWest() >= 360) return writeBox(bounds.getSouth(), -180, bounds.getNorth(), 180);
  return writeBox(bounds.getSouth(), bounds.getWest(), bounds.getNorth(), bounds.getEast());
}

function readBoxBounds(text) {
  const box = readBox(text);
  if (!box) return null;
  const [south, west, north, east] = box;
  return [[south, west], [north, west > east ? east + 360 : east]];
}

closeMenus();
new EventsPage().start();
