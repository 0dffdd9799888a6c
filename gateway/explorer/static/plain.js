// The plain page: pick or write a question, run it, read rows as a table and the schema beside them.

import { ask, readyMade } from "./ask.js";
import { describeSchema } from "./schema.js";
import { tablesIn } from "./table.js";

const at = (id) => document.getElementById(id);

function choose({ document: text, variables }) {
  at("document").value = text;
  at("variables").value = variables ? JSON.stringify(variables, null, 2) : "";
}

function fillPicker(questions) {
  questions.forEach(({ title }, index) => at("ready").add(new Option(title, index)));
  at("ready").disabled = questions.length === 0;
  at("ready").addEventListener("change", () => choose(questions[at("ready").value]));
  if (questions.length) choose(questions[0]);
}

function headers() {
  const authorization = at("authorization").value.trim();
  return authorization ? { authorization } : {};
}

function show(answer, milliseconds) {
  const errors = (answer.errors ?? []).map(({ message, extensions }) => {
    const line = document.createElement("p");
    line.textContent = extensions?.code ? `${extensions.code}: ${message}` : message;
    return line;
  });
  const tables = tablesIn(answer.data);
  at("errors").replaceChildren(...errors);
  at("tables").replaceChildren(...tables.map((table) => table.element));
  at("json").textContent = JSON.stringify(answer, null, 2);
  at("raw").hidden = false;
  at("raw").open = tables.length === 0;
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const found = tables.length ? `${rows} row${rows === 1 ? "" : "s"}` : errors.length ? "No answer" : "Answered";
  at("status").textContent = `${found} in ${Math.round(milliseconds)} ms.`;
}

function variables() {
  const text = at("variables").value.trim();
  return text ? JSON.parse(text) : undefined;
}

async function run(endpoint) {
  const payload = { query: at("document").value };
  try {
    payload.variables = variables();
  } catch (reason) {
    show({ errors: [{ message: `The variables are not JSON: ${reason.message}` }] }, 0);
    return;
  }
  at("run").disabled = true;
  at("status").textContent = "Asking…";
  const begun = performance.now();
  const answer = await ask(endpoint, payload, headers());
  show(answer, performance.now() - begun);
  at("run").disabled = false;
}

async function start() {
  const { endpoint, questions } = await readyMade();
  fillPicker(questions);
  at("question").addEventListener("submit", (event) => {
    event.preventDefault();
    run(endpoint);
  });
  at("question").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      at("question").requestSubmit();
    }
  });
  const describe = () => describeSchema(endpoint, headers(), { search: at("search"), list: at("types"), note: at("matches") });
  at("authorization").addEventListener("change", describe);
  await describe();
}

start().catch((reason) => {
  at("errors").textContent = `The explorer could not start. ${reason.message}`;
});
