// Reads {base_url, kind, model, stream, store, system, prompt, again} from standard input and runs an agent of the Vercel AI SDK
// on it: tools are called and their results sent until the model answers in words; `again` is a second prompt in the same
// conversation, to the model `then`. With `store`, what was said before is sent as references to it (Responses).
// Prints {text, calls, finish, steps} of both, or {error}.
import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { generateText, jsonSchema, stepCountIs, streamText, tool } from "ai";
import { readFileSync } from "node:fs";

const job = JSON.parse(readFileSync(0, "utf8"));
const openai = createOpenAI({ baseURL: job.base_url + "/v1", apiKey: "unused" });
const models = {
  "openai-chat": (name) => openai.chat(name),
  "openai-responses": (name) => openai.responses(name),
  anthropic: createAnthropic({ baseURL: job.base_url + "/v1", apiKey: "unused" }),
  google: createGoogleGenerativeAI({ baseURL: job.base_url + "/v1beta", apiKey: "unused" }),
};

const calls = [];
const get_weather = tool({
  description: "Weather forecast for a city",
  inputSchema: jsonSchema({ type: "object", properties: { city: { type: "string" } }, required: ["city"] }),
  execute: async (input) => {
    calls.push(input);
    return { sky: "clear 🌦" };
  },
});

const messages = [];

async function turn(model, prompt) {
  messages.push({ role: "user", content: prompt });
  const options = {
    model: models[job.kind](model),
    system: job.system,
    messages,
    tools: { get_weather },
    stopWhen: stepCountIs(3),
    maxRetries: 0,
    maxOutputTokens: 4000,
    providerOptions: {
      openai: { store: job.store ?? false },
      anthropic: { thinking: { type: "enabled", budgetTokens: 2048 } },
      google: { thinkingConfig: { includeThoughts: true, thinkingBudget: 2048 } },
    },
  };
  let result;
  if (job.stream) {
    let failure;
    result = streamText({ ...options, onError: ({ error }) => { failure = error; } });
    for await (const part of result.textStream) part;
    if (failure) throw failure;
  } else {
    result = await generateText(options);
  }
  messages.push(...(await result.steps).flatMap((step) => step.response.messages));
  return { text: await result.text, finish: await result.finishReason, steps: (await result.steps).length };
}

try {
  const first = await turn(job.model, job.prompt);
  const second = job.again ? await turn(job.then, job.again) : null;
  process.stdout.write(JSON.stringify({ first, second, calls, messages }));
} catch (error) {
  process.stdout.write(JSON.stringify({ error: { status: error.statusCode ?? null, message: String(error.message) } }));
}
