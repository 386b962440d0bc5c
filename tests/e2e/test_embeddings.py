"""Embeddings: the official SDKs against the emulated embedding endpoint of every provider."""
import json
import socket
import sqlite3
import subprocess
import time

import openai
import pytest

from harness import config, http, node
from harness.gateway import attempts, edits, served_by
from harness.process import BINARY
from harness.targets import BASES

# target: dimensions unasked, texts a call.
MODELS = {
    "openai/text-embedding-3-small": (1536, 2048),
    "openai/text-embedding-ada-002": (1536, 2048),
    "azure/my-text-embedding-3-large": (3072, 2048),
    "azure_v1/my-text-embedding-3-small": (1536, 2048),
    "gemini/gemini-embedding-001": (3072, 100),
    "vertex/gemini-embedding-001": (3072, 1),
    "vertex/text-embedding-005": (768, 250),
    "bedrock/amazon.titan-embed-text-v1": (1536, 1),
    "bedrock/amazon.titan-embed-text-v2:0": (1024, 1),
    "bedrock/cohere.embed-english-v3": (1024, 96),
    "bedrock/cohere.embed-v4:0": (1536, 96),
    "mistral/mistral-embed": (1024, None),
    "cohere/embed-english-v3.0": (1024, 96),
    "cohere/embed-v4.0": (1536, 96),
    "ollama/nomic-embed-text": (768, None),
    "vllm/BAAI/bge-m3": (1024, None),
    "llamacpp/any": (768, None),
    "openrouter/openai/text-embedding-3-small": (1536, None),
    "qwen/text-embedding-v4": (1024, 10),
    "nvidia/nvidia/llama-nemotron-embed-1b-v2": (2048, None),
}
ALL = pytest.mark.parametrize("target", MODELS)
TEXTS = ["a cat", "a dog", 'quotes " and \\ and \n', "日本語 🌦", "a cat"]
SEARCH = {"extra_body": {"input_type": "query"}}


@pytest.fixture(scope="module")
def gateway(start):
    return start(
        {
            "pair": config.model("openai/text-embedding-3-small", "mistral/mistral-embed"),
            "again": config.model("bedrock/amazon.titan-embed-text-v2:0", retries=1, backoff={"initial": "1ms"}),
            "titan-then-cohere": config.model("bedrock/amazon.titan-embed-text-v2:0", "bedrock/cohere.embed-english-v3"),
            "chatty": config.model("openai/text-embedding-3-small"),
            "strict": config.model("bedrock/amazon.titan-embed-text-v1", loss={"semantic": "forbid"}),
            "small": {"targets": [{"target": "openai/text-embedding-3-small", "params": {"dimensions": 64, "temperature": 0}}]},
        },
        fallbacks={"default": ["openai/gpt-4o-mini"]},
        journal={"path": "journal.db", "keep_bodies": True},
    )


@pytest.fixture(scope="module")
def sdk(gateway):
    return openai.OpenAI(base_url=gateway.url + "/v1", api_key="unused", max_retries=0)


def ask(gateway, headers=None, **body):
    return http.call(gateway.url, "POST", "/v1/embeddings", body, headers)


def journalled(gateway, id):
    """The request's row and its attempts', as soon as the writer has them."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with sqlite3.connect(gateway.folder / "journal.db") as db:
            db.row_factory = sqlite3.Row
            rows = db.execute("select * from requests where id = ?", (id,)).fetchall()
            if rows:
                return rows[0], db.execute("select * from attempts where request_seq = ?", (rows[0]["seq"],)).fetchall()
        time.sleep(0.02)
    raise AssertionError(f"{id} is not in the journal")


def near(a, b):
    return len(a) == len(b) and all(abs(x - y) < 1e-6 for x, y in zip(a, b))


@ALL
def test_python_sdk(sdk, sandbox, target):
    """It asks for base64 unless told otherwise; whoever answers, the texts' own vectors come, in order."""
    size, _ = MODELS[target]
    answer = sdk.embeddings.create(model=target, input=TEXTS, **SEARCH)
    assert [item.index for item in answer.data] == [0, 1, 2, 3, 4]
    vectors = [item.embedding for item in answer.data]
    assert [len(vector) for vector in vectors] == [size] * 5
    assert all(abs(sum(x * x for x in vector) - 1) < 1e-4 for vector in vectors)
    assert vectors[0] == vectors[4] and len({tuple(vector) for vector in vectors}) == 4
    assert b"base64" in sandbox.received()[0].body or not target.startswith("openai/")
    floats = sdk.embeddings.create(model=target, input=TEXTS, encoding_format="float", **SEARCH)
    assert all(near(item.embedding, vector) for item, vector in zip(floats.data, vectors))
    for text, vector in zip(TEXTS[:3], vectors):
        (one,) = sdk.embeddings.create(model=target, input=text, **SEARCH).data
        assert near(one.embedding, vector)
    assert all(call.status == 200 for call in sandbox.received())
    if not target.startswith("gemini/"):  # which does not count
        assert answer.usage.prompt_tokens == answer.usage.total_tokens > 5


@pytest.mark.parametrize("target", ["openai/text-embedding-3-small", "bedrock/amazon.titan-embed-text-v2:0", "cohere/embed-v4.0"])
def test_node_sdk(gateway, sandbox, target):
    request = {"model": target, "input": TEXTS, "dimensions": 256}
    done = node.run("openai_embeddings.mjs", {"base_url": gateway.url, "request": request})
    assert "error" not in done, done
    assert [len(vector) for vector in done["vectors"]] == [256] * 5
    assert done["vectors"][0] == done["vectors"][4] != done["vectors"][1]
    assert done["usage"]["prompt_tokens"] > 5


@ALL
def test_many_texts_are_split_and_put_back_in_order(gateway, sandbox, target):
    _, batch = MODELS[target]
    count = 2 * batch + 1 if batch and batch < 200 else 12
    texts = [f"text number {i}" for i in range(count)]
    answer = ask(gateway, model=target, input=texts, encoding_format="base64", input_type="document")
    assert answer.status == 200, answer
    calls = sandbox.received()
    assert len(calls) == (3 if batch and batch < 200 else 1)
    vectors = [item["embedding"] for item in answer.json["data"]]
    assert len(set(vectors)) == count
    for i in (0, count // 2, count - 1):
        one = ask(gateway, model=target, input=[texts[i]], encoding_format="base64", input_type="document")
        assert one.json["data"][0]["embedding"] == vectors[i], i
    usage = [ask(gateway, model=target, input=[t], input_type="document").json["usage"]["prompt_tokens"] for t in texts[:3]]
    if count == 3:
        assert answer.json["usage"]["prompt_tokens"] == sum(usage)


def test_own_bytes_go_out_where_nothing_changes(gateway, sandbox):
    body = b'{ "input" : ["a",  "b"], "model":"openai/text-embedding-3-small", "encoding_format" : "base64" }'
    answer = http.call(gateway.url, "POST", "/v1/embeddings", body)
    assert sandbox.last().body == body.replace(b"openai/text", b"text")
    assert edits(answer) == {"": 0}
    assert served_by(answer) == "openai/text-embedding-3-small" and attempts(answer) == 1


def test_tokens(gateway, sandbox):
    for tokens in ([1, 2, 3], [[1, 2, 3], [4]]):
        answer = ask(gateway, model="openai/text-embedding-3-small", input=tokens)
        assert answer.status == 200 and len(answer.json["data"]) == (1 if tokens == [1, 2, 3] else 2)
        assert sandbox.last().json["input"] == tokens
    answer = ask(gateway, model="cohere/embed-v4.0", input=[[1, 2, 3], [4]])
    assert answer.status == 400
    error = answer.json["error"]
    assert "takes texts, not tokens" in error["message"] and error["param"] == "/input/0"
    assert error["dragoman"]["attempts"][0]["target"] == "cohere/embed-v4.0"


@pytest.mark.parametrize(
    "target, size, status",
    [
        ("openai/text-embedding-3-small", 256, 200),
        ("openai/text-embedding-3-small", 2000, 400),
        ("openai/text-embedding-ada-002", 1536, 200),
        ("openai/text-embedding-ada-002", 256, 400),
        ("gemini/gemini-embedding-001", 768, 200),
        ("gemini/gemini-embedding-001", 64, 400),
        ("bedrock/amazon.titan-embed-text-v2:0", 512, 200),
        ("bedrock/amazon.titan-embed-text-v2:0", 300, 400),
        ("bedrock/amazon.titan-embed-text-v1", 1536, 200),
        ("bedrock/amazon.titan-embed-text-v1", 512, 400),
        ("cohere/embed-v4.0", 1024, 200),
        ("cohere/embed-english-v3.0", 512, 400),
        ("mistral/mistral-embed", 1024, 200),
        ("mistral/codestral-embed", 512, 200),
        ("mistral/mistral-embed", 512, 400),
        ("vertex/text-embedding-005", 128, 200),
        ("ollama/nomic-embed-text", 128, 200),
    ],
)
def test_dimensions(gateway, sandbox, target, size, status):
    answer = ask(gateway, model=target, input=["x", "y"], dimensions=size)
    assert answer.status == status, answer
    if status == 200:
        assert [len(item["embedding"]) for item in answer.json["data"]] == [size, size]
    else:
        assert f"cannot make vectors of {size} dimensions" in answer.json["error"]["message"]
        assert answer.json["error"]["param"] == "/dimensions"
        assert not sandbox.received()


def test_vectors_of_the_wrong_length_are_no_answer(gateway, sandbox):
    """A server that ignores `dimensions`: its vectors would spoil the index they are meant for."""
    answer = ask(gateway, model="ollama/nomic-embed-text", input="x", dimensions=1000)
    assert answer.status == 502
    assert "768 dimensions where 1000 were asked for" in answer.json["error"]["message"]


@pytest.mark.parametrize(
    "target, word, sent",
    [
        ("cohere/embed-v4.0", "query", ("input_type", "search_query")),
        ("cohere/embed-v4.0", "RETRIEVAL_QUERY", ("input_type", "search_query")),
        ("cohere/embed-v4.0", None, ("input_type", "search_document")),
        ("bedrock/cohere.embed-english-v3", "search_query", ("input_type", "search_query")),
        ("nvidia/nvidia/nv-embedqa-e5-v5", "search_document", ("input_type", "passage")),
        ("openrouter/openai/text-embedding-3-small", "search_query", ("input_type", "search_query")),
    ],
)
def test_what_the_vectors_are_for(gateway, sandbox, target, word, sent):
    body = {"input_type": word} if word else {}
    answer = ask(gateway, model=target, input="x", **body)
    assert answer.status == 200, answer
    assert sandbox.last().json[sent[0]] == sent[1]


def test_what_the_vectors_are_for_with_google(gateway, sandbox):
    ask(gateway, model="gemini/gemini-embedding-001", input="x", input_type="query")
    assert sandbox.last().json["requests"][0]["taskType"] == "RETRIEVAL_QUERY"
    ask(gateway, model="vertex/text-embedding-005", input="x", task_type="CODE_RETRIEVAL_QUERY")
    assert sandbox.last().json["instances"][0]["task_type"] == "CODE_RETRIEVAL_QUERY"


def test_a_use_nobody_has_a_word_for_is_an_edit(gateway, sandbox):
    answer = ask(gateway, {"x-dragoman-explain": "edits"}, model="openai/text-embedding-3-small", input="x", input_type="query", user="u")
    assert answer.status == 200
    assert edits(answer) == {"": 1, "semantic": 1}
    (edit,) = answer.json["dragoman"]["edits"]
    assert (edit["pointer"], edit["keyword"], edit["before"], edit["loss"]) == ("/input_type", "input_type", "query", "semantic")
    assert sandbox.last().json == {"model": "text-embedding-3-small", "input": "x", "user": "u"}
    refused = ask(gateway, model="strict", input="x", input_type="query")
    assert refused.status == 400 and "loss" in refused.json["error"]["message"]


def test_too_long_a_text(gateway, sandbox):
    long = "word " * 3000
    ollama = {"model": "ollama/nomic-embed-text", "input": long}
    assert ask(gateway, **ollama).status == 200
    refused = ask(gateway, truncate="none", **ollama)
    assert refused.status == 400 and "exceeds the context length" in refused.json["error"]["message"]
    assert ask(gateway, model="cohere/embed-english-v3.0", input=long, truncate="start").status == 200
    assert sandbox.last().json["truncate"] == "START"
    assert ask(gateway, model="vertex/text-embedding-005", input=long, truncate="none").status == 400
    assert edits(ask(gateway, model="gemini/gemini-embedding-001", input=long, truncate="end")) == {"": 1, "none": 1}
    assert edits(ask(gateway, model="gemini/gemini-embedding-001", input=long, truncate="none")) == {"": 1, "semantic": 1}


def test_the_providers_words_and_every_attempt(gateway, sandbox):
    answer = ask(gateway, model="bedrock/cohere.embed-english-v3", input="x" * 5000)
    assert answer.status == 400
    error = answer.json["error"]
    assert error["message"].startswith("Malformed input request: #/texts/0: expected maxLength: 2048")
    assert error["param"] == "/input"
    (attempt,) = error["dragoman"]["attempts"]
    assert attempt["status"] == 400 and "Malformed" in attempt["body"]
    verbatim = ask(gateway, model="openai/gpt-4o-mini", input="x")
    assert verbatim.status == 403 and verbatim.body == b'{"error":{"message":"You are not allowed to generate embeddings from this model","type":"invalid_request_error","param":null,"code":null}}'


@pytest.mark.parametrize("fault", ["rate_limit", "overloaded", "500", "reset", "garbage", "empty_200", "cut"])
def test_falls_back_to_the_next_target(gateway, sandbox, fault):
    sandbox.fault(fault, provider="openai", repeat=True)
    answer = ask(gateway, model="pair", input=TEXTS)
    assert answer.status == 200, answer
    assert served_by(answer) == "mistral/mistral-embed" and attempts(answer) == 2
    assert answer.header("x-dragoman-fallback-reason")
    assert answer.json["model"] == "pair"


def test_a_retry_goes_on_where_the_target_stopped(gateway, sandbox):
    sandbox.fault("none", "none", "rate_limit", provider="bedrock")
    answer = ask(gateway, model="again", input=["a", "b", "c", "d"])
    assert answer.status == 200 and attempts(answer) == 2, answer
    calls = sandbox.received()
    refused = [call.json["inputText"] for call in calls if call.status == 429]
    answered = [call.json["inputText"] for call in calls if call.status == 200]
    assert len(refused) == 1 and sorted(answered) == ["a", "b", "c", "d"], "what was answered is not asked again"
    whole = ask(gateway, model="again", input=["a", "b", "c", "d"])
    assert whole.json == answer.json and attempts(whole) == 1


def test_another_target_is_asked_for_all(gateway, sandbox):
    sandbox.fault("none", "500", provider="bedrock")
    answer = ask(gateway, model="titan-then-cohere", input=["a", "b"])
    assert answer.status == 200 and served_by(answer) == "bedrock/cohere.embed-english-v3"
    assert sandbox.last().json["texts"] == ["a", "b"]


def test_fallbacks_of_every_model_are_of_chat(gateway, sandbox):
    """Vectors of another model do not go with those of this one: only its own targets are asked."""
    sandbox.fault("500", provider="openai", repeat=True)
    answer = ask(gateway, model="chatty", input="x")
    assert answer.status == 500 and attempts(answer) == 1


def test_a_host_without_embeddings(gateway, sandbox):
    answer = ask(gateway, model="anthropic/claude-sonnet-4-5", input="x")
    assert answer.status == 400 and "anthropic has no embeddings endpoint" in answer.json["error"]["message"]
    assert not sandbox.received()


def test_parameters_of_the_config(gateway, sandbox):
    answer = ask(gateway, model="small", input="x")
    assert len(answer.json["data"][0]["embedding"]) == 64
    assert sandbox.last().json == {"model": "text-embedding-3-small", "input": "x", "dimensions": 64}


@pytest.mark.parametrize(
    "change, pointer",
    [
        ({"input": []}, "/input"),
        ({"input": None}, "/input"),
        ({"input": {"text": "x"}}, "/input"),
        ({"input": ["x", 1]}, "/input/1"),
        ({"input": [1, "x"]}, "/input/1"),
        ({"input": [[1], [2.5]]}, "/input/1/0"),
        ({"input": [[]]}, "/input/0"),
        ({"model": None}, "/model"),
        ({"dimensions": 0}, "/dimensions"),
        ({"dimensions": "256"}, "/dimensions"),
        ({"encoding_format": "int8"}, "/encoding_format"),
        ({"input_type": "poem"}, "/input_type"),
        ({"truncate": "middle"}, "/truncate"),
        ({"user": 1}, "/user"),
    ],
)
def test_bad_requests_name_the_place(gateway, sandbox, change, pointer):
    answer = ask(gateway, **{"model": "openai/text-embedding-3-small", "input": "x", **change})
    assert answer.status == 400, answer
    assert answer.json["error"]["param"] == pointer
    assert not sandbox.received()


def test_models_and_metrics_and_journal(gateway, sandbox):
    names = [model["id"] for model in gateway.get("/v1/models").json["data"]]
    assert {"openai/text-embedding-3-small", "cohere/embed-v4.0", "bedrock/amazon.titan-embed-text-v2:0"} <= set(names)
    assert ask(gateway, model="text-embedding-3-small", input="x").status == 200  # by its bare name
    answer = ask(gateway, model="bedrock/amazon.titan-embed-text-v2:0", input=["one", "two"])
    id = answer.header("x-request-id")
    metrics = gateway.get("/metrics").body.decode()
    assert 'dragoman_requests_total{dialect="openai_embeddings"' in metrics
    row, (attempt,) = journalled(gateway, id)
    assert row["dialect"] == "openai_embeddings" and row["endpoint"] == "/v1/embeddings"
    assert row["served_by"] == "bedrock/amazon.titan-embed-text-v2:0" and row["status"] == 200
    assert bytes(attempt["request_body"]).splitlines() == [b'{"inputText":"one"}', b'{"inputText":"two"}']
    assert attempt["input_tokens"] == answer.json["usage"]["prompt_tokens"] == 2


def test_keys(start, sandbox):
    guarded = start({}, auth={"keys": [{"name": "app", "key": "sk-app-0123456789abcdef"}]})
    assert ask(guarded, model="openai/text-embedding-3-small", input="x").status == 401
    headers = {"authorization": "Bearer sk-app-0123456789abcdef"}
    assert ask(guarded, headers, model="openai/text-embedding-3-small", input="x").status == 200


def test_a_server_of_ones_own(start, sandbox, emulators):
    base = emulators.url + BASES["vllm"] + "/v1"
    own = {"dialect": "openai_chat", "base_url": base}
    native = {"dialect": "openai_chat", "base_url": emulators.url + BASES["ollama"], "embeddings_path": "/api/embed", "embeddings_dialect": "ollama_embed"}
    gateway = start({}, providers={"own": own, "native": native})
    assert len(ask(gateway, model="own/bge-m3", input="x").json["data"][0]["embedding"]) == 1024
    assert sandbox.last("vllm").path.endswith("/vllm/v1/embeddings")
    assert len(ask(gateway, model="native/nomic-embed-text", input="x").json["data"][0]["embedding"]) == 768
    assert sandbox.last("ollama").path == "/ollama/api/embed"


def test_lower(tmp_path):
    request = json.dumps({"input": ["a", "b", "c"], "dimensions": 512, "encoding_format": "base64"})
    command = [str(BINARY), "lower", "--from", "openai-embeddings", "--to", "bedrock/amazon.titan-embed-text-v2:0"]
    done = subprocess.run(command, input=request, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert shown["url"].endswith("/model/amazon.titan-embed-text-v2%3A0/invoke")
    assert [body["inputText"] for body in shown["bodies"]] == ["a", "b", "c"]
    assert {edit["keyword"] for edit in shown["edits"]} == {"input", "encoding_format"}
    refused = subprocess.run([*command[:-1], "cohere/embed-english-v3.0"], input=request, capture_output=True, text=True, cwd=tmp_path)
    assert refused.returncode == 3
    assert json.loads(refused.stdout)["refused"]["pointer"] == "/dimensions"


def test_a_text_that_is_empty(gateway, sandbox):
    answer = ask(gateway, model="bedrock/amazon.titan-embed-text-v2:0", input=["a", ""])
    assert answer.status == 400 and answer.json["error"]["type"] == "invalid_request_error", answer


def test_calls_of_one_text_are_made_together(gateway, sandbox):
    """Titan takes one text a call: eight of them are under way at most, and more than one."""
    sandbox.fault({"kind": "delay", "ms": 60}, provider="bedrock", repeat=True)
    answer = ask(gateway, model="bedrock/amazon.titan-embed-text-v2:0", input=[f"text {i}" for i in range(20)])
    assert answer.status == 200 and [row["index"] for row in answer.json["data"]] == list(range(20))
    calls = sandbox.received("bedrock")
    assert len(calls) == 20
    most = max(sum(other.started_ms <= call.started_ms < other.ended_ms for other in calls) for call in calls)
    assert 2 <= most <= 8, most
    one = ask(gateway, model="bedrock/amazon.titan-embed-text-v2:0", input="text 17")
    assert one.json["data"][0]["embedding"] == answer.json["data"][17]["embedding"]


def test_a_client_that_leaves_ends_them_all(gateway, sandbox):
    sandbox.fault("hang", provider="bedrock", repeat=True)
    body = json.dumps({"model": "bedrock/amazon.titan-embed-text-v2:0", "input": [f"text {i}" for i in range(12)]}).encode()
    with socket.create_connection(("127.0.0.1", gateway.port)) as client:
        client.sendall(b"POST /v1/embeddings HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        sandbox.wait_until(lambda calls: len(calls) == 8)
    calls = sandbox.wait_until(lambda calls: all(call.client_gone_ms is not None for call in calls))
    assert len(calls) == 8, "and none is begun after"
