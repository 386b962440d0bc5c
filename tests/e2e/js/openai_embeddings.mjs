// Reads {base_url, request} from standard input, asks for the embeddings with the official SDK (which asks for base64 of its own
// accord), prints {vectors, model, usage} or {error: {status, message}}.
import OpenAI from "openai";
import { readFileSync } from "node:fs";

const job = JSON.parse(readFileSync(0, "utf8"));
const client = new OpenAI({ baseURL: job.base_url + "/v1", apiKey: "unused", maxRetries: 0 });
try {
  const answer = await client.embeddings.create(job.request);
  const vectors = answer.data.map((item) => Array.from(item.embedding));
  console.log(JSON.stringify({ vectors, model: answer.model, usage: answer.usage }));
} catch (error) {
  console.log(JSON.stringify({ error: { status: error.status, message: error.message } }));
}
