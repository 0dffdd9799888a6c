// The schema by introspection: every type as a foldable card, searchable by name and description.

import { ask } from "./ask.js";

const REFERENCE = "kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";
const INTROSPECTION = `query ExplorerSchema { __schema {
  queryType { name }
  types {
    kind name description
    fields(includeDeprecated: true) {
      name description isDeprecated deprecationReason
      type { ${REFERENCE} } args { name description type { ${REFERENCE} } }
    }
    inputFields { name description type { ${REFERENCE} } }
    enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
  }
} }`;

// Fills `list` with the types, `note` with what is shown, and makes `search` narrow both.
export async function describeSchema(endpoint, headers, { search, list, note }) {
  const { data, errors } = await ask(endpoint, { query: INTROSPECTION }, headers);
  if (!data?.__schema) {
    list.replaceChildren();
    note.textContent = `The schema is not shown: ${errors?.[0]?.message ?? "the gateway gave none"}`;
    return;
  }
  const cards = inReadingOrder(data.__schema).map(card);
  list.replaceChildren(...cards.map(({ element }) => element));
  const narrow = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = cards.filter((each) => show(each, words)).length;
    note.textContent = words.length ? `${shown} of ${cards.length} types match` : `${cards.length} types`;
  };
  search.oninput = narrow;
  narrow();
}

// The query root first, then names in order; what GraphQL itself brings is left out.
function inReadingOrder({ queryType, types }) {
  const root = (type) => (type.name === queryType.name ? 0 : 1);
  return types
    .filter((type) => !type.name.startsWith("__"))
    .sort((a, b) => root(a) - root(b) || a.name.localeCompare(b.name));
}

function card(type) {
  const element = make("details", "type");
  element.id = `type-${type.name}`;
  const summary = make("summary");
  summary.append(make("code", "", type.name), make("span", "kind", type.kind.toLowerCase().replace("_", " ")));
  const members = (type.fields ?? type.inputFields ?? type.enumValues ?? []).map(member);
  const list = make("dl");
  list.append(...members.map(({ element: shown }) => shown));
  element.append(summary, make("p", "", type.description ?? ""), list);
  return { element, text: `${type.name} ${type.description ?? ""}`.toLowerCase(), members };
}

function member({ name, description, type, args, isDeprecated, deprecationReason }) {
  const element = make("div", isDeprecated ? "member deprecated" : "member");
  const term = make("dt");
  term.append(make("code", "", name), ...signature(args), ...(type ? [": ", ...reference(type)] : []));
  const reason = isDeprecated ? `Deprecated: ${deprecationReason ?? "no reason given"}` : "";
  const meaning = [description, reason].filter(Boolean).join(" ");
  element.append(term, make("dd", "", meaning), ...(args ?? []).filter((arg) => arg.description).map(argument));
  const parts = [name, meaning, ...(args ?? []).flatMap((arg) => [arg.name, arg.description ?? ""])];
  return { element, text: parts.join(" ").toLowerCase() };
}

function argument({ name, description }) {
  const element = make("dd", "argument");
  element.append(make("code", "", name), ` ${description}`);
  return element;
}

function signature(args) {
  if (!args?.length) return [];
  const parts = args.flatMap((arg, index) => [index ? ", " : "", `${arg.name}: `, ...reference(arg.type)]);
  return ["(", ...parts, ")"];
}

// A type with its wrappers, such as [Row!]!, its name linked to its card.
function reference(type) {
  if (type.kind === "NON_NULL") return [...reference(type.ofType), "!"];
  if (type.kind === "LIST") return ["[", ...reference(type.ofType), "]"];
  const link = make("a", "", type.name);
  link.href = `#type-${type.name}`;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    open(document.getElementById(`type-${type.name}`));
  });
  return [link];
}

function open(element) {
  element.hidden = false;
  element.open = true;
  element.scrollIntoView({ block: "nearest" });
  element.querySelector("summary").focus();
}

// A type is shown whole when it matches itself, else with the members that match.
function show({ element, text, members }, words) {
  const matches = (candidate) => words.every((word) => candidate.includes(word));
  const whole = matches(text);
  let some = false;
  members.forEach((each) => {
    const hit = whole || matches(each.text);
    each.element.hidden = !hit;
    some ||= hit;
  });
  element.hidden = !whole && !some;
  element.open = words.length > 0 && some;
  return !element.hidden;
}

function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.textContent = text;
  return element;
}
