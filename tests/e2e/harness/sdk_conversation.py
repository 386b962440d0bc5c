"""The conversations of `conversation.py` held with the official SDKs: each sends the history with its own client and
gives back what that client made of the answer. Those in JavaScript run in one process, js/conversation.mjs."""
import base64
import json
import os
import subprocess
from functools import cached_property

from . import conversation, samples
from .node import FOLDER

KEY = "sk-any"


class Clients:
    """Clients of one gateway, each made when it is first used."""

    def __init__(self, url):
        self.url = url

    @cached_property
    def openai(self):
        import openai

        return openai.OpenAI(base_url=self.url + "/v1", api_key=KEY, max_retries=0)

    @cached_property
    def anthropic(self):
        import anthropic

        return anthropic.Anthropic(base_url=self.url, api_key=KEY, max_retries=0)

    @cached_property
    def google(self):
        from google import genai

        return genai.Client(api_key=KEY, http_options={"base_url": self.url})

    @cached_property
    def bedrock(self):
        import boto3
        import botocore.config

        return boto3.client(
            "bedrock-runtime", endpoint_url=self.url, region_name="us-east-1", aws_access_key_id=KEY,
            aws_secret_access_key="secret", config=botocore.config.Config(retries={"total_max_attempts": 1}))

    @cached_property
    def node(self):
        return subprocess.Popen(
            ["node", str(FOLDER / "js" / "conversation.mjs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            cwd=FOLDER, env={"PATH": os.environ["PATH"], "HOME": str(FOLDER)})

    def in_node(self, sdk, model, body, stream):
        job = {"base_url": self.url, "key": KEY, "sdk": sdk, "model": model, "body": body, "stream": stream}
        self.node.stdin.write(json.dumps(job) + "\n")
        self.node.stdin.flush()
        line = self.node.stdout.readline()
        assert line, f"node ended: {self.node.wait(5)}"
        answer = json.loads(line)
        if "error" in answer:
            raise conversation.Refused(f"{sdk}: {answer['error']}")
        return answer["answer"]

    def close(self):
        """Ends the process; it starts anew when it is wanted again."""
        if "node" in self.__dict__:
            self.node.stdin.close()
            self.node.wait(10)
            self.node.stdout.close()
            del self.node


def plain(body):
    """A body without `stream`, which the SDKs have methods for."""
    return {key: value for key, value in body.items() if key != "stream"}


class PythonChat(conversation.Chat):
    name = "python-openai-chat"

    def ask(self, model, body):
        if not self.stream:
            made = self.wire.openai.chat.completions.create(**body)
            return made.choices[0].message.to_dict()
        return self.joined(chunk.to_dict() for chunk in self.wire.openai.chat.completions.create(**body))


class PythonResponses(conversation.Responses):
    name = "python-openai-responses"

    def ask(self, model, body):
        if not self.stream:
            done = self.wire.openai.responses.create(**body)
        else:
            with self.wire.openai.responses.stream(**plain(body)) as stream:
                done = stream.get_final_response()
        output = [item.to_dict() for item in done.output]
        for item in output:  # the helper's own words, which the API does not take
            item.pop("parsed_arguments", None)
            for part in item.get("content") or []:
                part.pop("parsed", None)
        return output


class PythonMessages(conversation.Messages):
    name = "python-anthropic"

    def ask(self, model, body):
        if not self.stream:
            made = self.wire.anthropic.messages.create(**plain(body))
        else:
            with self.wire.anthropic.messages.stream(**plain(body)) as stream:
                made = stream.get_final_message()
        return [block.to_dict() for block in made.content]


class PythonGoogle(conversation.Gemini):
    name = "python-google-genai"

    def ask(self, model, body):
        from google.genai import types

        config = {**body["generationConfig"], "systemInstruction": body["systemInstruction"], "tools": body["tools"],
                  "automaticFunctionCalling": {"disable": True}}
        sent = {"model": model, "config": types.GenerateContentConfig.model_validate_json(json.dumps(config)),
                "contents": [types.Content.model_validate_json(json.dumps(content)) for content in body["contents"]]}
        if self.stream:
            chunks = list(self.wire.google.models.generate_content_stream(**sent))
        else:
            chunks = [self.wire.google.models.generate_content(**sent)]
        assert chunks[-1].candidates[0].finish_reason
        return [json.loads(chunk.candidates[0].content.model_dump_json(by_alias=True, exclude_none=True))
                for chunk in chunks]


def with_bytes(value, turn):
    """A Converse body with its blobs turned by `turn`: base64 text on the wire, bytes in the SDK."""
    if isinstance(value, dict):
        return {key: turn(member) if key in ("bytes", "redactedContent") else with_bytes(member, turn)
                for key, member in value.items()}
    return [with_bytes(member, turn) for member in value] if isinstance(value, list) else value


class PythonBedrock(conversation.Bedrock):
    name = "python-boto3"

    def ask(self, model, body):
        sent = {"modelId": model, **with_bytes(body, base64.b64decode)}
        if not self.stream:
            return with_bytes(self.wire.bedrock.converse(**sent)["output"]["message"], lambda b: base64.b64encode(b).decode())
        events = [next(iter(event.items())) for event in self.wire.bedrock.converse_stream(**sent)["stream"]]
        return with_bytes(self.joined(events), lambda b: base64.b64encode(b).decode())


class JsChat(conversation.Chat):
    name = "js-openai-chat"

    def ask(self, model, body):
        return self.wire.in_node("openai-chat", model, plain(body), self.stream)


class JsResponses(conversation.Responses):
    name = "js-openai-responses"

    def ask(self, model, body):
        return self.wire.in_node("openai-responses", model, plain(body), self.stream)


class JsMessages(conversation.Messages):
    name = "js-anthropic"

    def ask(self, model, body):
        return self.wire.in_node("anthropic", model, plain(body), self.stream)


class JsGoogle(conversation.Gemini):
    name = "js-google-genai"

    def ask(self, model, body):
        return self.wire.in_node("google", model, body, self.stream)


class JsBedrock(conversation.Bedrock):
    name = "js-aws"

    def ask(self, model, body):
        return self.wire.in_node("aws", model, body, self.stream)


class AiSdk(conversation.Conversation):
    """Vercel's SDK: one kind of history for all; `provider` says which of its providers speaks to the gateway."""

    provider = ""
    images = True  # whether it has a place for an image in a result
    failures = True  # whether it says that a result is a failure without putting its words into JSON text

    def user(self, text):
        self.history.append({"role": "user", "content": text})

    def results(self, results):
        content = []
        for id, name, text, image, error in results:
            output = {"type": "error-text" if error and self.failures else "text", "value": text}
            if image and self.images:
                output = {"type": "content", "value": [
                    {"type": "text", "text": text},
                    {"type": "file", "mediaType": "image/png", "data": {"type": "data", "data": conversation.IMAGE}}]}
            content.append({"type": "tool-result", "toolCallId": id, "toolName": name, "output": output})
        self.history.append({"role": "tool", "content": content})

    def abandon(self, calls):
        # The SDK itself wants a result for every call before the user may speak.
        self.history.append({"role": "tool", "content": [
            {"type": "tool-result", "toolCallId": id, "toolName": name, "output": {"type": "execution-denied"}}
            for id, name, _ in calls]})

    def body(self, model):
        return {"system": self.system, "messages": self.history, "tools": samples.TOOLS}

    def ask(self, model, body):
        return self.wire.in_node(self.name, model, body, self.stream)

    def keep(self, messages):
        self.history += messages

    def read(self, messages):
        parts = [part for message in messages if message["role"] == "assistant"
                 for part in ([{"type": "text", "text": message["content"]}] if isinstance(message["content"], str)
                              else message["content"])]
        calls = [(p["toolCallId"], p["toolName"], p["input"]) for p in parts if p["type"] == "tool-call"]
        text = "".join(p["text"] for p in parts if p["type"] == "text")
        seals = [state[key] for part in parts for state in (part.get("providerOptions") or {}).values()
                 for key in ("signature", "redactedData", "thoughtSignature", "reasoningEncryptedContent") if state.get(key)]
        return text, calls, seals, [p["text"] for p in parts if p["type"] == "reasoning"]


class AiChat(AiSdk):
    name = "ai-openai-chat"
    images = failures = False  # it would send the whole as JSON text


class AiResponses(AiSdk):
    name = "ai-openai-responses"
    failures = False


class AiMessages(AiSdk):
    name = "ai-anthropic"


class AiGoogle(AiSdk):
    name = "ai-google"

    @staticmethod
    def shown(text):
        return json.dumps(text, ensure_ascii=False)[1:-1]  # its results are objects, {name, content}


class AiBedrock(AiSdk):
    name = "ai-bedrock"


SDKS = [PythonChat, PythonResponses, PythonMessages, PythonGoogle, PythonBedrock,
        JsChat, JsResponses, JsMessages, JsGoogle, JsBedrock,
        AiChat, AiResponses, AiMessages, AiGoogle, AiBedrock]
