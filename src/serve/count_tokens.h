// POST /v1/messages/count_tokens, /v1/responses/input_tokens, Gemini's …:countTokens and Bedrock's
// …/count-tokens: asked of the provider where it has such a call, else an estimate that says so.
#pragma once
#include <string>

#include "canon/request.h"
#include "net/server.h"
#include "serve/gateway.h"
#include "serve/model_path.h"

namespace dragoman::serve {

net::Task<void> count_tokens(Gateway& gateway, net::ServerExchange& http, std::string key_name);
net::Task<void> count_input_tokens(Gateway& gateway, net::ServerExchange& http, std::string key_name);
// `key_name`: whose earlier responses the request may go on from.
net::Task<void> count_tokens_of(Gateway& gateway, net::ServerExchange& http, ModelCall call,
                                std::string key_name = {});

}  // namespace dragoman::serve
