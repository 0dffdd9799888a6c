// Runs every audit against the address given and prints one JSON line each: id, name, status, reason.
import { serverAudits } from "graphql-http";

const [url] = process.argv.slice(2);
for (const audit of serverAudits({ url })) {
  const { status, id, name, reason } = await audit.fn();
  console.log(JSON.stringify({ id, name, status, reason }));
}
