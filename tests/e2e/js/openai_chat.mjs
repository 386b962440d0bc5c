// Reads {base_url, api_key, request, stream} from standard input, asks with the official SDK, prints what a program
// would have: {message, finish_reason, usage, events} or {error: {status, message, type, code}}.
import OpenAI from "openai";
import { readFileSync } from "node:fs";

const job = JSON.parse(readFileSync(0, "utf8"));
const client = new OpenAI({ baseURL: job.base_url + "/v1", apiKey: job.api_key, maxRetries: 0 });

function show(value) {
  process.stdout.write(JSON.stringify(value));
}

try {
  if (job.stream) {
    let events = 0;
    const runner = client.chat.completions.stream({ ...job.request, stream_options: { include_usage: true } });
    for await (const chunk of runner) events += chunk ? 1 : 0;
    const done = await runner.finalChatCompletion();
    show({ message: done.choices[0].message, finish_reason: done.choices[0].finish_reason, usage: done.usage, events });
  } else {
    const done = await client.chat.completions.create(job.request);
    show({ message: done.choices[0].message, finish_reason: done.choices[0].finish_reason, usage: done.usage });
  }
} catch (error) {
  if (!(error instanceof OpenAI.APIError)) throw error;
  show({ error: { status: error.status ?? null, message: error.message, type: error.type ?? null, code: error.code ?? null } });
}
