// The map of one place.

import { make, readColour } from "./dom.js";
import { openMap } from "./map.js";
import { colourName } from "./types.js";

const ZOOMS = { point: 5, city: 4.5, admin2: 4.5, admin1: 4, country: 3 };

const element = document.getElementById("small-map");
if (element) {
  const at = [Number(element.dataset.lat), Number(element.dataset.lon)];
  const { map, base } = openMap(element, { scrollWheelZoom: false });
  map.setView(at, ZOOMS[element.dataset.precision] ?? 5, { animate: false });
  const style = () => ({ color: readColour("--halo"), fillColor: readColour(element.dataset.type ? colourName(element.dataset.type) : "--accent"), weight: 2, fillOpacity: 0.95 });
  const circle = window.L.circleMarker(at, { radius: 9, interactive: false, ...style() }).addTo(map);
  if (element.dataset.name) {
    const name = make("bdi", {}, element.dataset.name);
    circle.bindTooltip(name, { permanent: true, direction: "top", offset: [0, -8], className: "place-name" });
  }
  window.addEventListener("themechange", () => {
    base.repaint();
    circle.setStyle(style());
  });
}
