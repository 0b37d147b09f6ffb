// The map: countries of Natural Earth on a canvas, a circle a cell of the grid, or a tile server where one is set.

import { Tip, count, make, readColour, showNumber } from "./dom.js";
import { colourName, typeClass, typeWord } from "./types.js";

const L = window.L;
const LEAST_RADIUS = 4.5;
const MOST_RADIUS = 26; // less where there are many circles
const LETTER_PX = 7.5, NAME_HEIGHT_PX = 16; // of the names of countries
const SHAPES = "Shapes: Natural Earth";
const FINE_ZOOM = 4; // from here on the coarse shapes would be seen to be coarse

/** A map of the world in `element`, calm colours, no request but to this site (or the tile server that it names). */
export function openMap(element, options = {}) {
  const map = L.map(element, {
    preferCanvas: true, worldCopyJump: false, minZoom: 1, maxZoom: element.dataset.tiles ? 18 : 11, zoomSnap: 0.5,
    maxBounds: [[-85, -200], [85, 200]], maxBoundsViscosity: 0.7, attributionControl: true, fadeAnimation: false, ...options,
  });
  map.attributionControl.setPrefix("Leaflet");
  map.whenReady(() => new ResizeObserver(() => keepCentre(map)).observe(element));
  const base = element.dataset.tiles ? addTiles(map, element) : new Countries(map);
  return { map, base };
}

/** When the element changes its size, what was in the middle stays there. */
function keepCentre(map) {
  const { clientWidth, clientHeight } = map.getContainer();
  const size = map.getSize();
  if (!clientWidth || !clientHeight || (clientWidth === size.x && clientHeight === size.y)) return;
  const [centre, zoom] = [map.getCenter(), map.getZoom()];
  map.invalidateSize({ pan: false });
  map.setView(centre, zoom, { animate: false, reset: true });
}

function addTiles(map, element) {
  L.tileLayer(element.dataset.tiles, { attribution: plainText(element.dataset.tilesAttribution) }).addTo(map);
  return { repaint() {} };
}

function plainText(text) {
  const holder = document.createElement("span");
  holder.textContent = text || "";
  return holder.innerHTML; // Leaflet takes markup: this is the text, escaped
}

/** Land, borders, and names of countries where they have room. */
class Countries {
  constructor(map) {
    this.map = map;
    this.names = L.layerGroup().addTo(map);
    map.createPane("land").style.zIndex = 200;
    map.createPane("names").style.zIndex = 300; // below the circles
    map.getPane("names").style.pointerEvents = "none";
    map.attributionControl.addAttribution(SHAPES);
    this.renderer = L.canvas({ pane: "land", padding: 0.4 });
    const { shapes, fineShapes } = map.getContainer().dataset;
    const refine = () => map.getZoom() >= FINE_ZOOM && this.load(fineShapes);
    map.on("zoomend moveend", () => this.showNames());
    map.whenReady(() => {
      if (!refine()) this.load(shapes);
      map.on("zoomend", refine);
    });
  }

  /** Draw these shapes in the place of coarser ones. */
  async load(address) {
    if (this.address === address) return;
    this.address = address;
    const shapes = await (await fetch(address)).json();
    if (this.address !== address) return; // finer ones were asked for meanwhile
    const all = window.topojson.feature(shapes, shapes.objects.countries);
    all.features = all.features.flatMap(joinHalves);
    this.places = all.features.map(findLabel).filter(Boolean).sort((one, other) => other.area - one.area);
    const before = this.layer;
    this.layer = L.geoJSON(all, {
      pane: "land", interactive: false, renderer: this.renderer, style: this.style(), smoothFactor: 1.4,
    }).addTo(this.map);
    before?.remove();
    this.showNames();
    this.map.getContainer().dataset.ready = "true";
  }

  style() {
    return { color: readColour("--border"), weight: 0.7, fillColor: readColour("--land"), fillOpacity: 1 };
  }

  repaint() {
    const style = this.style();
    this.layer?.setStyle(style);
  }

  /** Names of countries that are wide enough for them, larger countries first; none over another. */
  showNames() {
    this.names.clearLayers();
    if (!this.places || this.map.getZoom() < 2.5) return;
    const view = this.map.getBounds(), shown = [];
    for (const place of this.places) {
      if (!view.contains(place.at)) continue;
      const width = this.map.latLngToContainerPoint([place.at[0], place.east]).x - this.map.latLngToContainerPoint([place.at[0], place.west]).x;
      const room = place.name.length * LETTER_PX;
      if (width < room) continue;
      const at = this.map.latLngToContainerPoint(place.at);
      if (shown.some((one) => Math.abs(one.x - at.x) < (one.room + room) / 2 && Math.abs(one.y - at.y) < NAME_HEIGHT_PX)) continue;
      shown.push({ x: at.x, y: at.y, room });
      L.tooltip(place.at, { permanent: true, direction: "center", className: "country-name", pane: "names", content: make("span", {}, place.name), interactive: false }).addTo(this.names);
    }
  }
}

/** A country whose rings go on behind the 180th meridian, where they jumped to the other side, and its copy there. */
function joinHalves(feature) {
  let crosses = false;
  const unroll = (ring) => {
    let turn = 0;
    return ring.map(([lon, lat], at) => {
      const step = at ? lon - ring[at - 1][0] : 0;
      if (Math.abs(step) > 180) {
        turn -= Math.sign(step) * 360;
        crosses = true;
      }
      return [lon + turn, lat];
    });
  };
  const { type, coordinates } = feature.geometry;
  const polygons = (type === "Polygon" ? [coordinates] : coordinates).map((polygon) => polygon.map(unroll));
  const place = (shift) => ({
    type: "Feature", properties: feature.properties,
    geometry: { type: "MultiPolygon", coordinates: polygons.map((polygon) => polygon.map((ring) => ring.map(([lon, lat]) => [lon + shift, lat]))) },
  });
  return crosses ? [place(0), place(-360), place(360)] : [place(0)];
}

/** The middle of a country's largest polygon, and how wide it is. */
function findLabel(feature) {
  let best = null;
  for (const [ring] of feature.geometry.coordinates) {
    let area = 0, x = 0, y = 0, west = 540, east = -540;
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const cross = ring[j][0] * ring[i][1] - ring[i][0] * ring[j][1];
      area += cross;
      x += (ring[j][0] + ring[i][0]) * cross;
      y += (ring[j][1] + ring[i][1]) * cross;
      west = Math.min(west, ring[i][0]);
      east = Math.max(east, ring[i][0]);
    }
    if (!best || Math.abs(area) > best.area) best = { area: Math.abs(area), at: [y / (3 * area), x / (3 * area)], west, east };
  }
  return best && best.area ? { ...best, name: feature.properties.name } : null;
}

/** The circles of the cells; `onPick(cell)` on a click. */
export class Cells {
  constructor(map, onPick) {
    this.map = map;
    this.onPick = onPick;
    this.cells = [];
    this.size = "killed";
    this.layer = L.layerGroup().addTo(map);
    this.ring = null;
    this.tip = new Tip();
    map.on("movestart zoomstart mouseout", () => this.tip.hide());
  }

  draw(cells) {
    this.cells = [...cells].sort((a, b) => this.weigh(b) - this.weigh(a)); // small ones on top
    this.layer.clearLayers();
    this.tip.hide();
    const most = Math.max(1, ...this.cells.map((cell) => this.weigh(cell)));
    const edge = readColour("--halo");
    const colours = new Map();
    for (const cell of this.cells) {
      const name = colourName(cell.type);
      if (!colours.has(name)) colours.set(name, readColour(name));
      const circle = L.circleMarker([cell.lat, cell.lon], {
        radius: this.radius(cell, most), color: edge, weight: 1.2, fillColor: colours.get(name), fillOpacity: 0.82, bubblingMouseEvents: false,
      });
      circle.on("click", () => this.onPick(cell));
      circle.on("mouseover mousemove", (event) => this.tip.show(event.originalEvent.clientX, event.originalEvent.clientY, ...describe(cell)));
      circle.on("mouseout", () => this.tip.hide());
      circle.addTo(this.layer);
    }
  }

  weigh(cell) {
    return (this.size === "killed" ? cell.killed : cell.events) || 0;
  }

  radius(cell, most) {
    const room = Math.max(13, MOST_RADIUS - this.cells.length / 15);
    return LEAST_RADIUS + (room - LEAST_RADIUS) * Math.sqrt(this.weigh(cell) / most);
  }

  resize(size) {
    this.size = size;
    this.draw(this.cells);
  }

  /** A ring around a place, or none. */
  point(lat, lon) {
    this.ring?.remove();
    this.ring = lat === null || lat === undefined ? null
      : L.circleMarker([lat, lon], { radius: 13, weight: 3, color: readColour("--accent"), fill: false, interactive: false }).addTo(this.map);
  }
}

function describe(cell) {
  return [
    make("div", {}, make("b", {}, cell.place || "Here")),
    make("div", { class: "row" }, make("span", { class: `dot ${typeClass(cell.type)}` }), `${cell.events === 1 ? "" : "mostly "}${typeWord(cell.type)}`),
    make("div", {}, count(cell.events, "event"), cell.killed === null || cell.killed === undefined ? "" : `, ${showNumber(cell.killed)} killed`),
    cell.events === 1 ? "" : make("div", { class: "soft" }, `on a field of ${Number(cell.size.toPrecision(2))} degrees`),
  ];
}
