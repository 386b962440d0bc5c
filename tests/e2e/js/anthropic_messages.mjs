// Reads {base_url, api_key, request, stream} from standard input, asks with the official SDK, prints what a program
// would have: {message, events} or {error: {status, message, type}}.
import Anthropic from "@anthropic-ai/sdk";
import { readFileSync } from "node:fs";

const job = JSON.parse(readFileSync(0, "utf8"));
const client = new Anthropic({ baseURL: job.base_url, apiKey: job.api_key, maxRetries: 0 });

function show(value) {
  process.stdout.write(JSON.stringify(value));
}

try {
  if (job.stream) {
    const events = [];
    const runner = client.messages.stream(job.request);
    for await (const event of runner) events.push(event.type);
    show({ message: await runner.finalMessage(), events });
  } else {
    show({ message: await client.messages.create(job.request) });
  }
} catch (error) {
  if (!(error instanceof Anthropic.APIError)) throw error;
  show({ error: { status: error.status ?? null, message: error.message, type: error.error?.error?.type ?? null } });
}
