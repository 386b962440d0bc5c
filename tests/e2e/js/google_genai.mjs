// Reads {base_url, api_key, request, stream} from standard input, asks with Google's SDK, prints what a program would have:
// {text, calls, finish_reason, usage, history} or {error: {status, message}}. The request is a chat's: {model, config,
// message}; with `again` a second message follows in the same chat.
import { ApiError, GoogleGenAI } from "@google/genai";
import { readFileSync } from "node:fs";

const job = JSON.parse(readFileSync(0, "utf8"));
const client = new GoogleGenAI({ apiKey: job.api_key, httpOptions: { baseUrl: job.base_url } });

async function say(chat, message) {
  if (!job.stream) return [await chat.sendMessage({ message })];
  const chunks = [];
  for await (const chunk of await chat.sendMessageStream({ message })) chunks.push(chunk);
  return chunks;
}

try {
  const chat = client.chats.create({ model: job.request.model, config: job.request.config });
  let chunks = await say(chat, job.request.message);
  if (job.request.again) chunks = await say(chat, job.request.again);
  const parts = chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? []);
  const last = chunks.at(-1);
  process.stdout.write(JSON.stringify({
    text: parts.filter((part) => part.text && !part.thought).map((part) => part.text).join(""),
    calls: parts.filter((part) => part.functionCall).map((part) => part.functionCall),
    finish_reason: last.candidates[0].finishReason,
    usage: last.usageMetadata,
    history: chat.getHistory(true),
  }));
} catch (error) {
  const known = error instanceof ApiError;
  process.stdout.write(JSON.stringify({ error: { status: known ? error.status : null, message: String(error.message) } }));
}
