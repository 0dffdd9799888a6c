// Draws every list called `rows` in an answer as a table: one column per leaf, its totals below.

// [{ element, rows }] for each object in `data` that has a list of rows, in the order of the answer.
export function tablesIn(data, path = []) {
  if (data === null || typeof data !== "object") return [];
  if (Array.isArray(data.rows)) return [{ element: draw(data, path.join(".") || "rows"), rows: data.rows.length }];
  return Object.entries(data).flatMap(([name, value]) => tablesIn(value, [...path, name]));
}

function draw({ rows, totals }, name) {
  const flatRows = rows.map((row) => flatten(row));
  const columns = [...new Set(flatRows.flatMap((row) => Object.keys(row)))];
  const figures = new Set(columns.filter((column) => isFigure(column, flatRows)));
  const table = document.createElement("table");
  table.createCaption().textContent = rows.length ? name : `${name}: no rows`;
  const head = table.createTHead().insertRow();
  columns.forEach((column) => head.append(cell("th", column, figures.has(column), "col")));
  const body = table.createTBody();
  flatRows.forEach((row) => line(body, row, columns, figures));
  if (totals && columns.length) drawTotals(table, flatten(totals), columns, figures);
  return scrolling(table, name);
}

function drawTotals(table, totals, columns, figures) {
  const shown = line(table.createTFoot(), totals, columns, figures, "");
  if (!(columns[0] in totals)) shown.cells[0].textContent = "Total";
}

function line(section, row, columns, figures, absent = "–") {
  const drawn = section.insertRow();
  columns.forEach((column) => {
    const value = row[column];
    drawn.append(cell("td", value ?? absent, figures.has(column)));
  });
  return drawn;
}

function cell(tag, text, figure, scope) {
  const drawn = document.createElement(tag);
  drawn.textContent = text;
  if (scope) drawn.scope = scope;
  if (figure) drawn.className = "figure";
  return drawn;
}

// { costCenter: { code: "A" }, budget: "1.00" } → { "costCenter.code": "A", budget: "1.00" }
function flatten(value, prefix = "") {
  if (value === null || typeof value !== "object") return { [prefix]: value };
  if (Array.isArray(value)) return { [prefix]: JSON.stringify(value) };
  return Object.entries(value).reduce(
    (flat, [name, inner]) => ({ ...flat, ...flatten(inner, prefix ? `${prefix}.${name}` : name) }),
    {},
  );
}

// Measures stand flat on the row; codes and labels that look like numbers stand inside a dimension.
function isFigure(column, rows) {
  const values = rows.map((row) => row[column]).filter((value) => value !== null && value !== undefined);
  return !column.includes(".") && values.length > 0 && values.every((value) => /^-?\d+(\.\d+)?$/.test(String(value)));
}

function scrolling(table, name) {
  const region = document.createElement("div");
  region.className = "scroll";
  region.tabIndex = 0;
  region.setAttribute("role", "region");
  region.setAttribute("aria-label", `Rows of ${name}`);
  region.append(table);
  return region;
}
