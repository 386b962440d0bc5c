// One step of a conversation for each line of standard input, {base_url, key, sdk, model, body, stream}: asks with that
// SDK and prints one line, {answer} in the words of the dialect, or {error}. See harness/sdk_conversation.py.
import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import Anthropic from "@anthropic-ai/sdk";
import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { GoogleGenAI } from "@google/genai";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { generateText, jsonSchema, streamText, tool } from "ai";
import OpenAI from "openai";
import { createInterface } from "node:readline";

globalThis.AI_SDK_LOG_WARNINGS = false;

async function all(stream) {
  const items = [];
  for await (const item of stream) items.push(item);
  return items;
}

// Blobs are base64 text on our side, bytes in Amazon's SDK.
function blobs(value, turn) {
  if (Array.isArray(value)) return value.map((item) => blobs(item, turn));
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) =>
    [key, key === "bytes" || key === "redactedContent" ? turn(member) : blobs(member, turn)]));
}
const text = (bytes) => Buffer.from(bytes).toString("base64");

function joined(events) {
  const blocks = [];
  for (const event of events) {
    const { contentBlockStart: start, contentBlockDelta: delta } = event;
    if (start) blocks[start.contentBlockIndex] = { toolUse: { ...start.start.toolUse, input: "" } };
    if (!delta) continue;
    const block = (blocks[delta.contentBlockIndex] ??= {});
    const { text: words, toolUse, reasoningContent: thought } = delta.delta;
    if (words !== undefined) block.text = (block.text ?? "") + words;
    if (toolUse) block.toolUse.input += toolUse.input;
    if (thought?.redactedContent) block.reasoningContent = thought;
    else if (thought) {
      const kept = (block.reasoningContent ??= { reasoningText: { text: "" } }).reasoningText;
      for (const [key, piece] of Object.entries(thought)) kept[key] = (kept[key] ?? "") + piece;
    }
  }
  for (const block of blocks) if (block.toolUse) block.toolUse.input = JSON.parse(block.toolUse.input);
  return { role: "assistant", content: blocks };
}

const clients = new Map();
function client(job, make) {
  const key = job.sdk + job.base_url;
  if (!clients.has(key)) clients.set(key, make());
  return clients.get(key);
}

const official = {
  async "openai-chat"({ body, stream, ...job }) {
    const { chat } = client(job, () => new OpenAI({ baseURL: job.base_url + "/v1", apiKey: job.key, maxRetries: 0 }));
    if (!stream) return (await chat.completions.create(body)).choices[0].message;
    const { parsed, ...message } = await chat.completions.stream(body).finalMessage();
    for (const call of message.tool_calls ?? []) delete call.function.parsed_arguments;
    return message;
  },
  async "openai-responses"({ body, stream, ...job }) {
    const { responses } = client(job, () => new OpenAI({ baseURL: job.base_url + "/v1", apiKey: job.key, maxRetries: 0 }));
    const done = stream ? await responses.stream(body).finalResponse() : await responses.create(body);
    for (const item of done.output) {
      delete item.parsed_arguments;
      for (const part of item.content ?? []) delete part.parsed;
    }
    return done.output;
  },
  async anthropic({ body, stream, ...job }) {
    const { messages } = client(job, () => new Anthropic({ baseURL: job.base_url, apiKey: job.key, maxRetries: 0 }));
    return (stream ? await messages.stream(body).finalMessage() : await messages.create(body)).content;
  },
  async google({ model, body, stream, ...job }) {
    const { models } = client(job, () => new GoogleGenAI({ apiKey: job.key, httpOptions: { baseUrl: job.base_url } }));
    const { contents, generationConfig, ...rest } = body;
    const asked = { model, contents, config: { ...generationConfig, ...rest } };
    const chunks = stream ? await all(await models.generateContentStream(asked)) : [await models.generateContent(asked)];
    return chunks.map((chunk) => chunk.candidates[0].content);
  },
  async aws({ model, body, stream, ...job }) {
    const bedrock = client(job, () => new BedrockRuntimeClient({
      endpoint: job.base_url, region: "us-east-1", maxAttempts: 1,
      requestHandler: new NodeHttpHandler(),  // HTTP/1.1; its own choice is HTTP/2
      credentials: { accessKeyId: job.key, secretAccessKey: "secret" } }));
    const asked = { modelId: model, ...blobs(body, (words) => Buffer.from(words, "base64")) };
    if (!stream) return blobs((await bedrock.send(new ConverseCommand(asked))).output.message, text);
    return blobs(joined(await all((await bedrock.send(new ConverseStreamCommand(asked))).stream)), text);
  },
};

const vercel = {
  "ai-openai-chat": (job) => createOpenAI({ baseURL: job.base_url + "/v1", apiKey: job.key }).chat(job.model),
  "ai-openai-responses": (job) => createOpenAI({ baseURL: job.base_url + "/v1", apiKey: job.key }).responses(job.model),
  "ai-anthropic": (job) => createAnthropic({ baseURL: job.base_url + "/v1", apiKey: job.key })(job.model),
  "ai-google": (job) => createGoogleGenerativeAI({ baseURL: job.base_url + "/v1beta", apiKey: job.key })(job.model),
  "ai-bedrock": (job) => createAmazonBedrock({ baseURL: job.base_url, region: "us-east-1", apiKey: job.key })(job.model),
};

async function say(job) {
  const options = {
    model: vercel[job.sdk](job),
    system: job.body.system,
    messages: job.body.messages,
    tools: Object.fromEntries(job.body.tools.map(([name, description, schema]) =>
      [name, tool({ description, inputSchema: jsonSchema(schema) })])),
    maxRetries: 0,
    maxOutputTokens: 4000,
    providerOptions: {
      openai: { store: false, reasoningEffort: "low", reasoningSummary: "auto", include: ["reasoning.encrypted_content"],
                strictJsonSchema: false },
      anthropic: { thinking: { type: "enabled", budgetTokens: 2048 } },
      google: { thinkingConfig: { includeThoughts: true, thinkingBudget: 2048 } },
      bedrock: { reasoningConfig: { type: "enabled", budgetTokens: 2048 } },
    },
  };
  if (!job.stream) return (await generateText(options)).response.messages;
  let failure;
  const result = streamText({ ...options, onError: ({ error }) => { failure = error; } });
  await all(result.fullStream);
  if (failure) throw failure;
  return (await result.response).messages;
}

for await (const line of createInterface({ input: process.stdin })) {
  const job = JSON.parse(line);
  let shown;
  try {
    shown = { answer: await (job.sdk in official ? official[job.sdk](job) : say(job)) };
  } catch (error) {
    shown = { error: `${error.status ?? error.statusCode ?? ""} ${error.message} ${error.responseBody ?? ""}` };
  }
  process.stdout.write(JSON.stringify(shown) + "\n");
}
