// Starts GraphiQL with one tab per ready-made question.

import { ask, readyMade } from "./ask.js";
import { including, only } from "./enrich.js";

const STORED = "threefold:";

// react-remove-scroll, which locks scrolling behind GraphiQL's dialogs, stamps its <style> elements with this.
window.__webpack_nonce__ = document.querySelector("script[nonce]").nonce;

// Other GraphiQLs served from the same host and port share localStorage: ours keeps to its own names.
const storage = {
  getItem: (key) => localStorage.getItem(STORED + key),
  setItem: (key, value) => localStorage.setItem(STORED + key, value),
  removeItem: (key) => localStorage.removeItem(STORED + key),
  clear: () => ourKeys().forEach((key) => localStorage.removeItem(key)),
  get length() {
    return ourKeys().length;
  },
};

function ourKeys() {
  return Object.keys(localStorage).filter((key) => key.startsWith(STORED));
}

function tabs(questions) {
  return questions.map(({ document, variables }) => ({
    query: document,
    variables: variables ? JSON.stringify(variables, null, 2) : null,
  }));
}

function tools(endpoint) {
  const { createElement: h } = window.React;
  const { ToolbarButton, useEditorContext, useExecutionContext, useSchemaContext } = window.GraphiQL.React;
  return function Tools() {
    const { queryEditor, variableEditor, headerEditor, responseEditor } = useEditorContext({ nonNull: true });
    const { run } = useExecutionContext({ nonNull: true });
    const { schema } = useSchemaContext({ nonNull: true });

    const reporting = async (action) => {
      try {
        await action();
      } catch (reason) {
        responseEditor.setValue(reason.message);
      }
    };
    const rewritten = (rewrite, child) => {
      const text = rewrite(schema, queryEditor.getValue(), queryEditor.operationName, child);
      if (!text) throw new Error(`Nothing in this question has a "${child}".`);
      return text;
    };
    const plan = async () => {
      const payload = { query: rewritten(only, "queryPlan"), variables: parsed(variableEditor.getValue()) };
      const answer = await ask(endpoint, payload, parsed(headerEditor.getValue()));
      responseEditor.setValue(JSON.stringify(answer, null, 2));
    };
    const freshness = () => {
      queryEditor.setValue(rewritten(including, "sources"));
      run();
    };
    const button = (label, word, path, onClick) =>
      h(
        ToolbarButton,
        { key: word, label, className: "threefold-tool", disabled: !schema, onClick: () => reporting(onClick) },
        h(
          "svg",
          { viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", strokeWidth: 1.8, "aria-hidden": true },
          h("path", { d: path }),
        ),
        h("span", null, word),
      );
    return [
      button("Show the query plan, asking no system", "Plan", "M5 4v16M5 6h7v4H5M12 8h6v8h-6M5 14h7v4H5", plan),
      button("Add each source's freshness and run", "Sources", "M12 4a8 8 0 1 0 .1 0M12 8v4l3 2", freshness),
    ];
  };
}

// A JSON editor's object; an empty editor is an empty object.
function parsed(text) {
  return text?.trim() ? JSON.parse(text) : {};
}

// GraphiQL learns a document's operation names a moment after a tab opens and would send the previous tab's.
// A document of one operation needs no name.
function withoutStaleName({ operationName, ...payload }) {
  const { Kind, parse } = window.GraphiQL.GraphQL;
  try {
    const operations = parse(payload.query).definitions.filter((d) => d.kind === Kind.OPERATION_DEFINITION);
    return operations.length === 1 ? payload : { ...payload, operationName };
  } catch {
    return { ...payload, operationName };
  }
}

async function start(container) {
  const { createElement: h } = window.React;
  const { endpoint, questions } = await readyMade();
  const plugin = window.GraphiQLPluginExplorer.explorerPlugin({ showAttribution: false, hideActions: true });
  const explorer = h(window.GraphiQL, {
    fetcher: (payload, options) => ask(endpoint, withoutStaleName(payload), options?.headers),
    defaultTabs: tabs(questions),
    defaultEditorToolsVisibility: questions[0]?.variables ? "variables" : false,
    plugins: [plugin],
    visiblePlugin: plugin,
    shouldPersistHeaders: false,
    showPersistHeadersSettings: false,
    storage,
    toolbar: { additionalComponent: tools(endpoint) },
  });
  document.getElementById("restore").addEventListener("click", () => {
    storage.clear();
    location.reload();
  });
  window.ReactDOM.createRoot(container).render(explorer);
}

const container = document.getElementById("graphiql");
start(container).catch((reason) => {
  container.className = "start-error";
  container.setAttribute("role", "alert");
  container.textContent = `The explorer could not start. ${reason.message}`;
});
