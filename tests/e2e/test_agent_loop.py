"""A five-turn agent with parallel tool calls whose provider fails in the middle."""
import itertools
import json

import anthropic
import openai
import pytest

from harness import config, samples
from harness.targets import DIALECTS

PAIRS = list(itertools.permutations(DIALECTS, 2))
PAIR_IDS = [f"{a}-then-{b}" for a, b in PAIRS]
# What the user says in turns 1, 3 and 5; turns 2 and 4 bring the results of the calls.
ASKED = ["Use both tools.", "Use both tools again.", "Now sum up without tools."]


def result_of(name, arguments):
    return f"{name} said {len(json.dumps(arguments))} things"


class OpenAIAgent:
    def __init__(self, url, model):
        self.sdk = openai.OpenAI(base_url=url + "/v1", api_key="unused", max_retries=0)
        self.model = model
        self.history = [{"role": "system", "content": "You are terse."}]

    def say(self, text):
        self.history.append({"role": "user", "content": text})
        return self.step()

    def step(self):
        """One request: ([(name, arguments)], text)."""
        with self.sdk.chat.completions.stream(
            model=self.model, messages=self.history, tools=samples.openai_tools()
        ) as stream:
            for _ in stream:
                pass
            message = stream.get_final_completion().choices[0].message
        calls = message.tool_calls or []
        turn = {"role": "assistant", "content": message.content}
        if calls:
            turn["tool_calls"] = [
                {"id": call.id, "type": "function",
                 "function": {"name": call.function.name, "arguments": call.function.arguments}}
                for call in calls
            ]
        self.history.append(turn)
        self.ids = [call.id for call in calls]
        return [(call.function.name, json.loads(call.function.arguments)) for call in calls], message.content

    def answer(self, results):
        for id, result in zip(self.ids, results):
            self.history.append({"role": "tool", "tool_call_id": id, "content": result})
        return self.step()


class AnthropicAgent:
    def __init__(self, url, model):
        self.sdk = anthropic.Anthropic(base_url=url, api_key="unused", max_retries=0)
        self.model = model
        self.history = []

    def say(self, text):
        self.history.append({"role": "user", "content": text})
        return self.step()

    def step(self):
        with self.sdk.messages.stream(
            model=self.model, max_tokens=2000, system="You are terse.", messages=self.history,
            tools=samples.anthropic_tools(),
        ) as stream:
            message = stream.get_final_message()
        blocks = [block.model_dump(mode="json", include={"type", "text", "id", "name", "input"}, exclude_none=True)
                  for block in message.content]
        self.history.append({"role": "assistant", "content": blocks})
        calls = [block for block in message.content if block.type == "tool_use"]
        self.ids = [call.id for call in calls]
        text = "".join(block.text for block in message.content if block.type == "text")
        return [(call.name, call.input) for call in calls], text

    def answer(self, results):
        self.history.append({"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": id, "content": result} for id, result in zip(self.ids, results)
        ]})
        return self.step()


@pytest.fixture(scope="module")
def gateway(start):
    return start({name: config.model(a, b) for name, (a, b) in zip(PAIR_IDS, PAIRS)})


@pytest.mark.parametrize("agent_type", [OpenAIAgent, AnthropicAgent], ids=["openai-sdk", "anthropic-sdk"])
@pytest.mark.parametrize("stays_down", [False, True], ids=["comes-back", "stays-down"])
@pytest.mark.parametrize("name, first, second", [(n, *p) for n, p in zip(PAIR_IDS, PAIRS)], ids=PAIR_IDS)
def test_loop(gateway, sandbox, agent_type, stays_down, name, first, second):
    agent = agent_type(gateway.url, name)

    def two_calls_then_results(asked):
        calls, _ = agent.say(asked)
        assert [tool for tool, _ in calls] == ["get_weather", "search_notes"]
        assert len(set(agent.ids)) == 2
        results = [result_of(tool, arguments) for tool, arguments in calls]
        return results

    def heard(results):
        calls, text = agent.answer(results)
        assert not calls
        assert text == "".join(f"Result: {result}\n" for result in results).rstrip("\n")

    results = two_calls_then_results(ASKED[0])          # turn 1, the first provider
    heard(results)                                      # turn 2
    sandbox.fault("overloaded", provider=first.sandbox, model=f"*{first.model}*", repeat=stays_down)
    results = two_calls_then_results(ASKED[1])          # turn 3, the second provider
    heard(results)                                      # turn 4, wherever it is now: ids of both are in the history
    calls, text = agent.say(ASKED[2])                   # turn 5
    assert not calls and text == "You said: " + ASKED[2]

    served = [call.provider for call in sandbox.received() if call.status == 200]
    if stays_down:
        assert served == [first.sandbox] * 2 + [second.sandbox] * 3
    else:
        assert served == [first.sandbox] * 2 + [second.sandbox] + [first.sandbox] * 2
