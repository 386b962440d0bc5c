// Reads {base_url, api_key, steps} from standard input and asks step by step with the official SDK; a step is
// {request, stream}, its request may say "previous_response_id": true for the one before. Prints a list of
// {id, status, output, output_text, usage, types} or {error: {status, message, type, code}}.
import OpenAI from "openai";
import { readFileSync } from "node:fs";

const job = JSON.parse(readFileSync(0, "utf8"));
const client = new OpenAI({ baseURL: job.base_url + "/v1", apiKey: job.api_key, maxRetries: 0 });

const shown = [];
let previous = null;
for (const step of job.steps) {
  const request = { ...step.request };
  if (request.previous_response_id === true) request.previous_response_id = previous;
  try {
    const types = [];
    let done;
    if (step.stream) {
      const stream = client.responses.stream(request);
      for await (const event of stream) types.push(event.type);
      done = await stream.finalResponse();
    } else {
      done = await client.responses.create(request);
    }
    previous = done.id;
    shown.push({ id: done.id, status: done.status, output: done.output, output_text: done.output_text, usage: done.usage, types });
  } catch (error) {
    if (!(error instanceof OpenAI.APIError)) throw error;
    shown.push({ error: { status: error.status ?? null, message: error.message, type: error.type ?? null, code: error.code ?? null } });
  }
}
process.stdout.write(JSON.stringify(shown));
