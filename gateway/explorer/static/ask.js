// What both pages share: where the application's root is, the ready-made questions, and how a question is sent.

const root = new URL(document.documentElement.dataset.root, document.baseURI);

export async function readyMade() {
  const response = await fetch(new URL("explorer/questions.json", root));
  if (!response.ok) throw new Error(`The ready-made questions answered HTTP ${response.status}.`);
  const { graphqlPath, questions } = await response.json();
  return { endpoint: new URL(graphqlPath.replace(/^\/+/, ""), root), questions };
}

// Resolves to the GraphQL answer, whatever the HTTP status; what is no GraphQL answer becomes an error of one.
export async function ask(endpoint, payload, headers = {}) {
  let response;
  try {
    response = await fetch(endpoint, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/graphql-response+json, application/json;q=0.9",
        ...headers,
      },
      body: JSON.stringify(payload),
    });
  } catch (reason) {
    return { errors: [{ message: `The gateway cannot be reached: ${reason.message}` }] };
  }
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    const start = text.trim().slice(0, 300);
    return { errors: [{ message: `The gateway answered HTTP ${response.status} without JSON. ${start}` }] };
  }
}
