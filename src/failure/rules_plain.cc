// What anybody might say, whoever it is: pairs of words that name a cause together, for providers and relays
// that nobody has described yet. They come after everything that is known, and before labels and statuses.
// Money, pace and capacity are not looked for in the statuses of a validator (400, 404, 413, 422), whose
// sentences are about the request and may quote anything. Sources: tests/data/refusals.jsonl, samples
// "2026-11" and later.
#include <array>

#include "failure/rules.h"

namespace dragoman::failure {
namespace {

constexpr auto kMoney = FailureClass::quota_billing;
constexpr auto kRate = FailureClass::rate_limit;
constexpr auto kOver = FailureClass::overloaded;
constexpr auto kServer = FailureClass::server_error;
constexpr auto kAuth = FailureClass::auth;
constexpr auto kPerm = FailureClass::permission;
constexpr auto kContext = FailureClass::context_length;
constexpr auto kMissing = FailureClass::not_found;
constexpr auto kSchema = FailureClass::schema_rejected;
constexpr auto kState = FailureClass::state_missing;
constexpr auto kShape = FailureClass::message_rejected;
constexpr auto kParam = FailureClass::param_rejected;
constexpr auto kNone = Side::none;
constexpr auto kBody = Side::body;
constexpr auto kTools = Side::tools;
constexpr auto kParams = Side::params;
constexpr auto kText = Where::text;

// clang-format off
constexpr auto kRules = std::to_array<Rule>({
    // --- Money -----------------------------------------------------------------------------------------------------
    {"any_quota_exhausted", kMoney, kNone, false, "", kElsewhere, kText, "quota{24}exhausted",
     {429, "", "rate_limit", "Your token-plan 1-week quota has been exhausted."}},
    {"any_quota_reached", kMoney, kNone, false, "", kElsewhere, kText, "quota{24}reached",
     {403, "", "", "Your plan's quota was reached"}},
    {"any_quota_used", kMoney, kNone, false, "", kElsewhere, kText, "quota{24}used up",
     {429, "", "", "The free quota of this model is used up"}},
    {"any_credit_gone", kMoney, kNone, false, "", kElsewhere, kText, "credit{24}deplet",
     {429, "", "", "Your prepayment credits are depleted."}},
    {"any_credit_exhausted", kMoney, kNone, false, "", kElsewhere, kText, "credit{24}exhausted",
     {403, "", "", "All credits are exhausted"}},
    {"any_no_credit", kMoney, kNone, false, "", kElsewhere, kText, "not enough {20}credit",
     {403, "", "", "Not enough account credits"}},
    {"any_no_balance", kMoney, kNone, false, "", kElsewhere, kText, "not enough {20}balance",
     {403, "", "", "not enough wallet balance"}},
    {"any_more_credit", kMoney, kNone, false, "", kElsewhere, kText, "credits{40}top up",
     {403, "", "", "You need credits for this: please top up"}},
    {"any_included_credits", kMoney, kNone, false, "", kElsewhere, kText, "exceeded{24}credits",
     {403, "", "", "You have exceeded your included credits."}},
    {"any_budget", kMoney, kNone, false, "", kElsewhere, kText, "budget has been exceeded",
     {429, "budget", "", "Budget has been exceeded! Current cost: 5.01, Max budget: 5.0"}},
    {"any_budget_400", kMoney, kNone, false, "", 400, kText, "budget has been exceeded",
     {400, "budget_exceeded", "400", "Budget has been exceeded! Current cost: 5.01, Max budget: 5.0"}},
    {"any_billing_details", kMoney, kNone, false, "", kElsewhere, kText, "check your {10}billing",
     {429, "", "", "Your account is not active, please check your billing details on our website."}},
    {"any_payment_method", kMoney, kNone, false, "", kElsewhere, kText, "payment method",
     {403, "", "", "Please add a payment method to go on"}},
    {"any_subscription_over", kMoney, kNone, false, "", kElsewhere, kText, "subscription{30}expired",
     {403, "", "", "Your subscription has expired"}},
    {"any_weekly_limit", kMoney, kNone, false, "", kElsewhere, kText, "weekly{16}limit",
     {429, "", "", "You reached your weekly usage limit"}},
    {"any_monthly_limit", kMoney, kNone, false, "", kElsewhere, kText, "monthly{16}limit",
     {429, "", "", "The monthly token limit is reached"}},
    {"any_daily_limit", kMoney, kNone, false, "", kElsewhere, kText, "daily{16}limit",
     {429, "", "", "Daily request limit reached"}},
    {"any_per_month", kMoney, kNone, false, "", kElsewhere, kText, "limited to # {20}/ month",
     {429, "", "", "You are using a trial key, which is limited to 9 calls / month."}},
    {"any_per_month_long", kMoney, kNone, false, "", kElsewhere, kText, "limited to {30}/ month",
     {429, "", "", "You are using a trial key, which is limited to 1000 API calls / month."}},
    {"any_usage_limit", kMoney, kNone, false, "", kElsewhere, kText, "usage limit{20}reached",
     {429, "", "", "Claude usage limit reached."}},
    {"any_zh_arrears", kMoney, kNone, false, "", kElsewhere, kText, "欠费",
     {403, "", "", "账户已欠费"}},
    {"any_zero_limit", kMoney, kNone, false, "", kElsewhere, kText, "limit 0, used",
     {429, "", "", "Limit 0, Used 0, Requested 1200"}},

    // --- Pace ------------------------------------------------------------------------------------------------------
    {"any_rate_reached", kRate, kNone, true, "", kBusy, kText, "rate limit{40}reached",
     {0, "", "", "Last error: Rate limit reached for model `llama`"}},
    {"any_rate_exceeded", kRate, kNone, true, "", kBusy, kText, "exceeded{30}rate limit",
     {0, "", "", "Your account has exceeded GitHub's API rate limit."}},
    {"any_rate_limited", kRate, kNone, true, "", kElsewhere, kText, "rate-limited",
     {403, "", "", "Sorry, you have been rate-limited."}},
    {"any_rate_limited_words", kRate, kNone, true, "", kElsewhere, kText, "rate limited",
     {403, "", "", "You are being rate limited"}},
    {"any_hit_rate", kRate, kNone, true, "", kBusy, kText, "hit {4}rate limit",
     {0, "", "", "Sorry, you've hit a rate limit that restricts the number of requests"}},
    {"any_concurrency", kRate, kNone, true, "", kBusy, kText, "concurren{30}limit",
     {0, "", "", "Concurrency limit exceeded for user, please retry later"}},
    {"any_concurrent_requests", kRate, kNone, true, "", kBusy, kText, "too many concurrent",
     {0, "", "", "Too many concurrent requests"}},
    {"any_zh_concurrency", kRate, kNone, true, "", kBusy, kText, "并发",
     {0, "", "", "您当前使用该API的并发数过高，请降低并发"}},
    {"any_zh_rate", kRate, kNone, true, "", kBusy, kText, "速率限制",
     {0, "", "", "您的账户已达到速率限制"}},
    {"any_per_minute", kRate, kNone, true, "", kBusy, kText, "exceeded{80}per_minute",
     {0, "", "", "Quota exceeded for example.com/requests_per_minute_per_project"}},
    {"any_per_minute_words", kRate, kNone, true, "", kBusy, kText, "exceeded{80}per minute",
     {0, "", "", "Quota exceeded for requests per minute"}},
    {"any_resource_exhausted", kRate, kNone, true, "", kBusy, kText, "resource{12}exhausted",
     {0, "", "", "Resource has been exhausted (e.g. check quota)."}},
    {"any_throttled", kRate, kNone, true, "", kBusy, kText, "throttled",
     {500, "", "", "The request was throttled"}},
    {"any_slow_down", kRate, kNone, true, "", kBusy, kText, "slow down",
     {500, "", "", "Please slow down"}},

    // --- Capacity, and servers that cannot -------------------------------------------------------------------------
    {"any_overloaded", kOver, kNone, true, "", kElsewhere, kText, "is {12}overloaded",
     {403, "", "", "The cluster is currently overloaded"}},
    {"any_high_load", kOver, kNone, true, "", kBusy, kText, "high load",
     {500, "", "", "The service is under high load"}},
    {"any_high_traffic", kOver, kNone, true, "", kBusy, kText, "high traffic",
     {500, "", "", "We see high traffic right now"}},
    {"any_queue_full", kOver, kNone, true, "", kBusy, kText, "queue{10}full",
     {500, "", "", "the queue is full"}},
    {"any_unavailable", kOver, kNone, true, "", kBusy, kText, "temporarily unavailable",
     {500, "", "", "The model is temporarily unavailable"}},
    {"any_zh_busy", kOver, kNone, true, "", kBusy, kText, "繁忙",
     {500, "", "", "系统繁忙，请稍后再试"}},
    {"any_degraded", kServer, kNone, true, "", kAnyStatus, kText, "degraded function",
     {400, "Bad Request", "", "Function id 'f': DEGRADED function cannot be invoked"}},
    {"any_memory", kServer, kNone, false, "", kBusy, kText, "requires more system memory",
     {500, "", "", "model requires more system memory (7.5 GiB) than is available (5.2 GiB)"}},
    {"any_out_of_memory", kServer, kNone, true, "", kBusy, kText, "out of memory",
     {500, "", "", "CUDA out of memory"}},

    // --- Identity --------------------------------------------------------------------------------------------------
    {"any_key_missing", kAuth, kNone, false, "", kElsewhere, kText, "api_key is not set",
     {503, "", "", "NVIDIA_NIM_API_KEY is not set. Add it to your .env file."}},
    {"any_key_not", kAuth, kNone, false, "", kAnyStatus, kText, "api key{24}not{6}valid",
     {400, "", "", "The API key you gave is not valid"}},
    {"any_key_invalid", kAuth, kNone, false, "", kAnyStatus, kText, "api key{12}invalid",
     {400, "", "", "the api key is invalid"}},
    {"any_key_missing_words", kAuth, kNone, false, "", kElsewhere, kText, "missing {10}api key",
     {403, "", "", "Missing API key"}},
    {"any_subscription_key", kAuth, kNone, false, "", kAnyStatus, kText, "invalid subscription key",
     {403, "", "", "Access denied due to invalid subscription key or wrong API endpoint."}},
    {"any_authentication_failed", kAuth, kNone, false, "", kElsewhere, kText, "authentication failed",
     {403, "", "", "Authentication failed: Please make sure your API Key is valid."}},
    {"any_unauthorized", kAuth, kNone, false, "", kBusy, kText, "unauthorized",
     {0, "", "", "Unauthorized. Access token is missing, invalid or has expired."}},
    {"any_token_expired", kAuth, kNone, false, "", kElsewhere, kText, "token{12}expired",
     {403, "", "", "Your token has expired"}},
    {"any_zh_key", kAuth, kNone, false, "", kAnyStatus, kText, "无效的令牌",
     {500, "", "", "无效的令牌"}},
    {"any_permission", kPerm, kNone, false, "", kElsewhere, kText, "permission{60}denied",
     {500, "", "", "Permission 'aiplatform.endpoints.predict' denied on resource 'x'"}},
    {"any_access", kPerm, kNone, false, "", kElsewhere, kText, "access {40}forbidden",
     {0, "", "", "Access to this endpoint is forbidden."}},
    {"any_access_denied", kPerm, kNone, false, "", kElsewhere, kText, "access denied",
     {0, "", "", "Access denied."}},
    {"any_not_allowed", kPerm, kNone, false, "", kElsewhere, kText, "not allowed to {30}model",
     {500, "", "", "This key is not allowed to call this model"}},
    {"any_region", kPerm, kNone, false, "", kElsewhere, kText, "not {10}available in your {20}region",
     {500, "", "", "This service is not available in your country or region"}},

    // --- Context ---------------------------------------------------------------------------------------------------
    {"any_context_exceeded", kContext, kBody, false, "", kAnyStatus, kText, "context {12}exceeded",
     {0, "", "", "Provider context length exceeded."}},
    {"any_sequence_length", kContext, kBody, false, "", kAnyStatus, kText, "sequence length",
     {0, "", "", "so generating 1 tokens requires a sequence length of 4310"}},
    {"any_too_long", kContext, kBody, false, "", kAnyStatus, kText, "~prompt {10}too long",
     {500, "", "", "the prompt was too long"}},
    {"any_input_long", kContext, kBody, false, "", kAnyStatus, kText, "~input {10}too long",
     {500, "", "", "the input is too long"}},
    {"any_max_input", kContext, kBody, false, "", kAnyStatus, kText, "maximum input {10}length",
     {422, "", "", "this exceeds the maximum input token length"}},

    // --- Existence -------------------------------------------------------------------------------------------------
    {"any_invalid_model", kMissing, kParams, false, "", kAnyStatus, kText, "invalid model '",
     {400, "invalid", "", "Invalid model 'llama-3.1-sonar'. Permitted models can be found in the documentation"}},
    {"any_invalid_model_name", kMissing, kParams, false, "", kAnyStatus, kText, "invalid model {6}name",
     {400, "", "", "Invalid model name passed in model=x. Call `/v1/models` to view available models"}},
    {"any_model_not_supported", kMissing, kParams, false, "", kAnyStatus, kText, "model {20}not supported~",
     {406, "", "", "Model not supported"}},
    {"any_model_unknown", kMissing, kParams, false, "", kAnyStatus, kText, "unknown model",
     {400, "", "", "Unknown model: x"}},
    {"any_model_unavailable", kMissing, kParams, false, "", 400, kText, "model{60}not available",
     {400, "", "", "model x not available"}},
    {"any_no_such_model", kMissing, kParams, false, "", kAnyStatus, kText, "no such model",
     {400, "", "", "no such model"}},
    {"any_not_served", kMissing, kParams, false, "", kAnyStatus, kText, "not found for account",
     {500, "", "", "Function 'f': Not found for account 'a'"}},
    {"any_zh_model", kMissing, kParams, false, "", kAnyStatus, kText, "模型不存在",
     {400, "", "", "模型不存在，请检查模型代码。"}},

    // --- The request's shape ---------------------------------------------------------------------------------------
    {"any_should_alternate", kShape, kBody, false, "", kAnyStatus, kText, "should alternate",
     {400, "", "", "user or tool message(s) should alternate with assistant message(s)."}},
    {"any_template_raised", kShape, kBody, false, "", kAnyStatus, kText, "raise_exception(",
     {500, "", "", "Cannot pass both content and thinking! at row 290: {{- raise_exception(\"Cannot\") }}"}},
    {"any_template_message", kShape, kBody, false, "", kAnyStatus, kText, "you have passed a message",
     {500, "", "", "You have passed a message containing <|channel|> tags in the content field."}},
    {"any_image_per_prompt", kShape, kBody, false, "", kAnyStatus, kText, "image{12}per prompt",
     {400, "", "", "Model 'm' takes 1 image per prompt."}},
    {"any_reasoning_back", kState, kBody, false, "", kAnyStatus, kText, "must be passed back",
     {400, "", "", "The thinking blocks must be passed back."}},
    {"any_function_name_size", kSchema, kTools, false, "", kAnyStatus, kText, "function name {20}exceeds",
     {400, "", "", "Function name at index 51 exceeds 96 character limit"}},
    {"any_only_tools", kParam, kTools, false, "", kAnyStatus, kText, "only support the {120}tools",
     {400, "", "", "Deep research models only support the 'web_search_preview' and 'file_search' tools."}},
    {"any_choice_must", kParam, kParams, false, "", kAnyStatus, kText, "tool_choice must",
     {400, "", "", "Value error, `tool_choice` must either be a named tool, \"auto\", or \"none\"."}},
    {"any_values_are", kByPointer, kParams, false, "", kAnyStatus, kText, "supported values are",
     {400, "", "", "Unsupported Kimi K3 thinking_effort=\"medium\"; supported values are low, high, and max"}},
    {"any_missing_field", kByPointer, kParams, false, "", kAnyStatus, kText, "missing field ",
     {422, "", "", "Failed to deserialize the JSON body into the target type: missing field `model`"}},
});
// clang-format on

}  // namespace

std::span<const Rule> plain_rules() { return kRules; }

}  // namespace dragoman::failure
