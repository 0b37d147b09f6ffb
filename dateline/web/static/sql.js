// The SQL page: run, show as table or chart, keep queries in this browser.

import { ROOT, copyText, count, fetchJson, make, makeSvg, showNumber } from "./dom.js";

const STORE = "dateline.queries";
const MOST_BARS = 60;
const SHOWN_AT_ONCE = 500; // rows; the rest follows on wish
const LONG = 60; // characters; a text with more gets a wide column
const BAR = { left: 190, height: 22, gap: 5, right: 90 };
const NUMBER_TYPE = /INT|DOUBLE|FLOAT|DECIMAL|HUGEINT|REAL/i;

const byId = (id) => document.getElementById(id);
const editor = byId("sql");
let answer = null;
let running = null;

async function run() {
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  byId("run").disabled = true;
  byId("error").hidden = true;
  byId("answer").setAttribute("aria-busy", "true");
  try {
    answer = await fetchJson("/api/sql", {
      method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify({ sql: editor.value }), signal,
    });
    showAnswer();
  } catch (error) {
    if (error.name === "AbortError") return;
    byId("error").textContent = error instanceof TypeError ? "The server does not answer. Is dateline web still running?" : error.message;
    byId("error").hidden = false;
    byId("answer").hidden = true;
  } finally {
    byId("run").disabled = false;
    byId("answer").removeAttribute("aria-busy");
  }
}

function showAnswer() {
  byId("answer").hidden = false;
  byId("answer-title").textContent = `${count(answer.rows.length, "row")} in ${answer.seconds < 0.1 ? "under 0.1" : answer.seconds.toFixed(1)} s`;
  byId("cut").hidden = !answer.truncated;
  showAs(byId("as-chart").getAttribute("aria-pressed") === "true");
}

function showAs(chart) {
  byId("as-chart").setAttribute("aria-pressed", chart);
  byId("as-table").setAttribute("aria-pressed", !chart);
  byId("result").hidden = chart;
  byId("chart").hidden = !chart;
  if (!answer) return;
  if (chart) drawChart();
  else fillTable();
}

function fillTable() {
  const isNumber = answer.columns.map((column) => NUMBER_TYPE.test(column.type));
  const body = make("tbody");
  const add = (from) => {
    body.append(...answer.rows.slice(from, from + SHOWN_AT_ONCE).map((row) => make("tr", {}, ...row.map((value, at) => makeCell(value, isNumber[at])))));
  };
  add(0);
  const table = make("table", {},
    make("thead", {}, make("tr", {}, ...answer.columns.map((column, at) => make("th", { scope: "col", class: isNumber[at] ? "number" : null }, column.name, make("small", {}, column.type))))), body);
  byId("result").replaceChildren(table);
  if (answer.rows.length <= SHOWN_AT_ONCE) return;
  const more = make("button", { type: "button", click: () => {
    add(body.rows.length);
    more.hidden = body.rows.length >= answer.rows.length;
  } }, "Show more rows");
  byId("result").append(more);
}

function makeCell(value, isNumber) {
  if (value === null || value === undefined) return make("td", { class: isNumber ? "number null" : "null" }, "NULL");
  if (typeof value === "string" && /^https?:\/\/[^\s]+$/i.test(value)) {
    return make("td", {}, make("div", {}, make("a", { href: value, rel: "noopener noreferrer" }, value)));
  }
  const short = typeof value === "boolean" || (typeof value === "string" && /^[\d\-:.TZ+ ]{1,32}$/.test(value));
  const text = showValue(value);
  const kind = isNumber ? "number" : short ? "plain-value" : text.length > LONG ? "long" : null;
  return make("td", { class: kind }, make("div", { dir: isNumber ? null : "auto" }, text));
}

function showValue(value) {
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(10)));
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Bars of the last column of numbers, named by the others. */
function drawChart() {
  const figure = byId("chart");
  const numbers = answer.columns.map((column, at) => (NUMBER_TYPE.test(column.type) ? at : -1)).filter((at) => at >= 0);
  if (!numbers.length || !answer.rows.length) {
    figure.replaceChildren(make("figcaption", {}, "A chart wants rows with a column of numbers."));
    return;
  }
  const at = numbers.at(-1);
  const names = answer.columns.map((_, index) => index).filter((index) => !numbers.includes(index)).slice(0, 2);
  const rows = answer.rows.slice(0, MOST_BARS).map((row, index) => ({
    name: names.length ? names.map((one) => showValue(row[one] ?? "NULL")).join(", ") : `row ${index + 1}`, value: Number(row[at]) || 0,
  }));
  const width = Math.max(420, byId("answer").clientWidth - 44);
  const least = Math.min(0, ...rows.map((row) => row.value));
  const most = Math.max(0, ...rows.map((row) => row.value));
  const x = (value) => BAR.left + ((value - least) / (most - least || 1)) * (width - BAR.left - BAR.right);
  const height = rows.length * (BAR.height + BAR.gap);
  const words = `${answer.columns[at].name}${names.length ? ` by ${names.map((one) => answer.columns[one].name).join(", ")}` : ""}${answer.rows.length > MOST_BARS ? `, the first ${MOST_BARS} of ${count(answer.rows.length, "row")}` : ""}`;
  const svg = makeSvg("svg", { width, height, role: "img", "aria-label": `Bars: ${words}. The table has the numbers.` });
  rows.forEach((row, index) => {
    const y = index * (BAR.height + BAR.gap);
    const label = makeSvg("text", { x: BAR.left - 8, y: y + 15, "text-anchor": "end" }, row.name.length > 28 ? `${row.name.slice(0, 27)}…` : row.name);
    label.append(makeSvg("title", {}, row.name));
    svg.append(label, makeSvg("rect", { x: Math.min(x(0), x(row.value)), y, width: Math.max(1, Math.abs(x(row.value) - x(0))), height: BAR.height, rx: 3 }),
      makeSvg("text", { class: "value", x: Math.max(x(0), x(row.value)) + 6, y: y + 15 }, showNumber(row.value)));
  });
  figure.replaceChildren(make("figcaption", {}, words), svg);
}

function saveCsv() {
  const quote = (value) => {
    const text = value === null || value === undefined ? "" : showValue(value);
    const safe = /^[=+\-@\t\r]/.test(text) && typeof value !== "number" ? `'${text}` : text; // no formula of a spreadsheet
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const lines = [answer.columns.map((column) => column.name), ...answer.rows].map((row) => row.map(quote).join(","));
  const link = make("a", { href: URL.createObjectURL(new Blob([`${lines.join("\r\n")}\r\n`], { type: "text/csv" })), download: "dateline-query.csv" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/* queries of the user, by name */

function readOwn() {
  try {
    const kept = JSON.parse(localStorage.getItem(STORE) || "{}");
    return kept && typeof kept === "object" ? kept : {};
  } catch {
    return {};
  }
}

function writeOwn(own) {
  try {
    localStorage.setItem(STORE, JSON.stringify(own));
  } catch {
    byId("error").textContent = "This browser keeps nothing for this site, so the query is not saved.";
    byId("error").hidden = false;
  }
  listOwn();
}

function listOwn(chosen = "") {
  const own = readOwn();
  byId("yours").replaceChildren(...Object.keys(own).sort().map((name) => make("option", { value: `yours ${name}`, "data-sql": own[name] }, name)));
  byId("yours").hidden = !Object.keys(own).length;
  if (chosen) byId("saved").value = `yours ${chosen}`;
  byId("forget").hidden = !byId("saved").value.startsWith("yours ");
}

function keep() {
  const name = byId("keep-name").value.trim();
  if (!name) return byId("keep-name").focus();
  writeOwn({ ...readOwn(), [name]: editor.value });
  listOwn(name);
  byId("keep-line").hidden = true;
  byId("keep").focus();
}

function forget() {
  const own = readOwn();
  delete own[byId("saved").value.replace(/^yours /, "")];
  byId("saved").value = "";
  writeOwn(own);
}

function insert(name) {
  const { selectionStart: from, selectionEnd: to, value } = editor;
  const before = from && !/[\s(.,]$/.test(value.slice(0, from)) ? " " : "";
  editor.setRangeText(before + name, from, to, "end");
  editor.focus();
}

function findTables(words) {
  const wanted = words.trim().toLowerCase();
  for (const table of document.querySelectorAll(".table")) {
    const inName = table.querySelector("summary").textContent.toLowerCase().includes(wanted);
    const columns = [...table.querySelectorAll("li")];
    const found = columns.filter((column) => column.textContent.toLowerCase().includes(wanted));
    for (const column of columns) column.hidden = Boolean(wanted) && !inName && !found.includes(column);
    table.hidden = !inName && !found.length;
    if (wanted) table.open = !inName && found.length > 0;
  }
}

byId("query").addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
editor.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    run();
  }
});
byId("as-table").addEventListener("click", () => showAs(false));
byId("as-chart").addEventListener("click", () => showAs(true));
byId("save-csv").addEventListener("click", saveCsv);
byId("share").addEventListener("click", (event) => copyText(event.target, `${location.origin}${ROOT}/sql?q=${encodeURIComponent(editor.value)}`));
byId("saved").addEventListener("change", (event) => {
  const option = event.target.selectedOptions[0];
  byId("forget").hidden = !option.value.startsWith("yours ");
  if (option.dataset.sql) editor.value = option.dataset.sql;
});
byId("keep").addEventListener("click", () => {
  byId("keep-line").hidden = !byId("keep-line").hidden;
  const chosen = byId("saved").value;
  byId("keep-name").value = chosen.startsWith("yours ") ? chosen.slice(6) : "";
  if (!byId("keep-line").hidden) byId("keep-name").focus();
});
byId("keep-it").addEventListener("click", keep);
byId("keep-name").addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  keep();
});
byId("forget").addEventListener("click", forget);
byId("find-table").addEventListener("input", (event) => findTables(event.target.value));
document.querySelector(".tables").addEventListener("click", (event) => {
  const name = event.target.closest(".insert")?.dataset.name;
  if (name) insert(name);
});
listOwn();
