// Rewrites a question so that it also tells how it is answered. Works on any field that has such a child.

// The operation with every root field asking for `child` alone; null when none has it.
export function only(schema, text, operationName, child) {
  return rewrite(schema, text, operationName, child, (field, addition) => withSelections(field, [addition]));
}

// The whole document with `child` added where it is not asked for yet; null when no root field has it.
export function including(schema, text, operationName, child) {
  const add = (field, addition) => {
    const selections = field.selectionSet.selections;
    const present = selections.some((s) => s.kind === "Field" && s.name.value === child);
    return present ? field : withSelections(field, [...selections, addition]);
  };
  return rewrite(schema, text, operationName, child, add, true);
}

function rewrite(schema, text, operationName, child, change, whole = false) {
  const { Kind, getNamedType, parse, print } = window.GraphiQL.GraphQL;
  const document = parse(text);
  const operations = document.definitions.filter((d) => d.kind === Kind.OPERATION_DEFINITION);
  const operation = operations.find((o) => o.name?.value === operationName) ?? operations[0];
  const rootFields = schema.getQueryType().getFields();
  let found = false;
  const selections = operation.selectionSet.selections.flatMap((node) => {
    const type = node.kind === Kind.FIELD && rootFields[node.name.value]?.type;
    const wanted = type && getNamedType(type).getFields?.()[child];
    if (!wanted) return whole ? [node] : [];
    found = true;
    return [change(node, everything(wanted))];
  });
  if (!found) return null;
  const changed = withSelections(operation, selections);
  if (!whole) return print(withUsedVariables(changed));
  return print({ ...document, definitions: document.definitions.map((d) => (d === operation ? changed : d)) });
}

function withSelections(node, selections) {
  return { ...node, selectionSet: { kind: "SelectionSet", selections } };
}

function withUsedVariables(operation) {
  const { visit } = window.GraphiQL.GraphQL;
  const used = new Set();
  visit(operation.selectionSet, { Variable: (node) => void used.add(node.name.value) });
  const variableDefinitions = operation.variableDefinitions?.filter((d) => used.has(d.variable.name.value));
  return { ...operation, variableDefinitions };
}

// The field with all that can be asked of it without arguments, never the same type twice on one path.
function everything(field, above = []) {
  const { getNamedType, isLeafType, isObjectType, isRequiredArgument } = window.GraphiQL.GraphQL;
  const type = getNamedType(field.type);
  const node = { kind: "Field", name: { kind: "Name", value: field.name } };
  if (isLeafType(type)) return node;
  const selections = Object.values(isObjectType(type) ? type.getFields() : {})
    .filter((child) => !child.args.some(isRequiredArgument) && !above.includes(getNamedType(child.type)))
    .map((child) => everything(child, [...above, type]));
  return withSelections(node, selections.length ? selections : [{ kind: "Field", name: { kind: "Name", value: "__typename" } }]);
}
