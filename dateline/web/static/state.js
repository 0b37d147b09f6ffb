// The filter, which lives in the address: ?country=UKR&type=ASSAULT. Where the map is and what the timeline
// spans come behind the #, as they choose no events.

export const LISTS = ["country", "type", "mode", "outlet"];
export const SINGLES = ["from", "to", "actor", "party", "killed", "outlets", "confidence", "q", "place", "background", "bbox"];

/** The filter of a query string: lists are arrays, all else strings, "" where not given. */
export function readFilter(search) {
  const query = new URLSearchParams(search);
  const filter = {};
  for (const name of LISTS) {
    const values = query.getAll(name).flatMap((value) => (name === "outlet" ? [value] : value.split(",")));
    filter[name] = [...new Set(values.map((value) => value.trim()).filter(Boolean))];
  }
  for (const name of SINGLES) filter[name] = (query.get(name) || "").trim();
  if (["0", "false", "no"].includes(filter.background)) filter.background = "";
  return filter;
}

/** The query string of a filter, always in the same order, without "?". */
export function writeFilter(filter, more = {}) {
  const query = new URLSearchParams();
  for (const name of ["from", "to", "country", "type", "mode", "actor", "party", "killed", "outlet", "outlets", "confidence", "q", "place", "background", "bbox"]) {
    const value = filter[name];
    if (Array.isArray(value)) for (const one of value) query.append(name, one);
    else if (value) query.set(name, value);
  }
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  return query.toString();
}

/** Map {zoom, lat, lon} and span {first, last} as far as the address gives them; whether the filter follows the map. */
export function readView(hash) {
  const query = new URLSearchParams(hash.replace(/^#/, ""));
  const [zoom, lat, lon] = (query.get("map") || "").split("/").map(Number);
  const [first, last] = (query.get("span") || "").split("..");
  return {
    map: query.has("map") && [zoom, lat, lon].every(Number.isFinite) ? { zoom, lat, lon } : null,
    follow: query.has("follow"),
    span: /^\d{4}-\d\d-\d\d$/.test(first) && /^\d{4}-\d\d-\d\d$/.test(last || "") ? { first, last } : null,
  };
}

export function writeView(view) {
  const parts = [];
  if (view.map) parts.push(`map=${view.map.zoom}/${view.map.lat.toFixed(3)}/${view.map.lon.toFixed(3)}`);
  if (view.span) parts.push(`span=${view.span.first}..${view.span.last}`);
  if (view.follow) parts.push("follow=1");
  return parts.length ? `#${parts.join("&")}` : "";
}

/** [south, west, north, east] of a box in the address, or null. */
export function readBox(text) {
  const numbers = text.split(",").map(Number);
  return numbers.length === 4 && numbers.every(Number.isFinite) ? numbers : null;
}

export function writeBox(south, west, north, east) {
  const round = (number, least, most) => String(Number(Math.min(most, Math.max(least, number)).toFixed(4)));
  return [round(south, -90, 90), round(west, -180, 180), round(north, -90, 90), round(east, -180, 180)].join(",");
}
