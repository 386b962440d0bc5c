"""One target of every emulated provider and Bedrock family: how a client names it, how LiteLLM's config does."""
from dataclasses import dataclass, field

# Where each provider's API begins under its prefix of the sandbox: the path of its real base URL.
BASES = {
    "openai": "/openai/v1",
    "azure": "/azure",
    "azure_v1": "/azure",
    "anthropic": "/anthropic",
    "bedrock": "/bedrock",
    "gemini": "/gemini",
    "vertex": "/vertex",
    "vertex_anthropic": "/vertex",
    "mistral": "/mistral/v1",
    "deepseek": "/deepseek",
    "groq": "/groq/openai/v1",
    "xai": "/xai/v1",
    "moonshot": "/moonshot/v1",
    "zai": "/zai/api/paas/v4",
    "qwen": "/qwen/compatible-mode/v1",
    "minimax": "/minimax/v1",
    "openrouter": "/openrouter/api/v1",
    "together": "/together/v1",
    "fireworks": "/fireworks/inference/v1",
    "cerebras": "/cerebras/v1",
    "ollama": "/ollama",
    "vllm": "/vllm",
    "llamacpp": "/llamacpp",
    "cohere": "/cohere",
    "sambanova": "/sambanova/v1",
    "perplexity": "/perplexity",
    "nvidia": "/nvidia/v1",
    "chatgpt": "/chatgpt/backend-api/codex",
    "copilot": "/copilot",
    "doubleword": "/doubleword/v1",
    "venice": "/venice/api/v1",
    "mimo": "/mimo/v1",
    "writer": "/writer/v1",
    "meta": "/meta/v1",
    "sglang": "/sglang",
    "tgi": "/tgi",
}


@dataclass(frozen=True)
class Target:
    provider: str
    model: str
    id: str = ""  # in test names; the provider unless one provider has several
    options: dict = field(default_factory=dict, hash=False)

    @property
    def name(self):
        return f"{self.provider}/{self.model}"

    @property
    def sandbox(self):
        """The prefix under which the sandbox serves it."""
        return BASES[self.provider].split("/")[1]

    def __str__(self):
        return self.id or self.provider


TARGETS = [
    Target("openai", "gpt-4o-mini"),
    Target("azure", "gpt-4o-mini-2024-07-18"),
    Target("azure_v1", "gpt-4.1"),
    Target("anthropic", "claude-sonnet-4-5"),
    Target("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "bedrock-claude"),
    Target("bedrock", "us.amazon.nova-pro-v1:0", "bedrock-nova"),
    Target("bedrock", "us.meta.llama4-maverick-17b-instruct-v1:0", "bedrock-llama4"),
    Target("bedrock", "openai.gpt-oss-20b-1:0", "bedrock-gpt-oss"),
    Target("gemini", "gemini-2.5-flash"),
    Target("vertex", "gemini-2.5-pro"),
    Target("vertex_anthropic", "claude-sonnet-4-5", "vertex-claude"),
    Target("mistral", "mistral-large-latest"),
    Target("deepseek", "deepseek-chat"),
    Target("groq", "openai/gpt-oss-20b"),
    Target("xai", "grok-4"),
    Target("moonshot", "kimi-k2-0905-preview"),
    Target("zai", "glm-4.6"),
    Target("qwen", "qwen-plus"),
    Target("minimax", "MiniMax-M2"),
    Target("openrouter", "openai/gpt-4o-mini"),
    Target("together", "meta-llama/Llama-3.3-70B-Instruct-Turbo"),
    Target("fireworks", "accounts/fireworks/models/kimi-k2-instruct"),
    Target("cerebras", "gpt-oss-120b"),
    Target("ollama", "llama3.2"),
    Target("vllm", "meta-llama/Llama-3.1-8B-Instruct"),
    Target("llamacpp", "local-model"),
    Target("cohere", "command-a-03-2025"),
]
BY_ID = {str(target): target for target in TARGETS}

# One of each provider dialect, where all pairs would say no more.
DIALECTS = [BY_ID[name] for name in ("openai", "anthropic", "bedrock-nova", "gemini")]
