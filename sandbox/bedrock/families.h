// What each model family takes through Converse, as data (contract section BRM).
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace dragoman::sandbox::bedrock {

struct Family {
  std::string_view pattern;   // of the bare model id, '*' for any run
  bool profile_only = false;  // needs an inference profile (BR-43)
  bool stream_tools = true;   // toolConfig with ConverseStream (BRM-03)
  bool system = true;
  bool documents = true;
  bool images = false;
  bool video = false;
  bool tools = true;
  std::string_view choices = "auto";  // of auto, any, tool; '|' between them
  bool assistant_first = false;
  bool mixed_results = true;  // toolResult beside other blocks (BRM-01)
  bool mixed_calls = true;    // toolUse beside other blocks (BRM-02)
  std::string_view result_parts = "text|json";
  bool status = true;                        // toolResult.status (BR-41)
  std::string_view extra_fields = "";        // allowed in additionalModelRequestFields (BR-37)
  std::string_view refused_parameters = "";  // of inferenceConfig
  bool structured = false;                   // toolSpec.strict and outputConfig (BRM-10)
  bool caching = false;                      // cachePoint (BRM-12)
  bool always_thinks = false;
  bool open_schema = false;  // keys beside type, properties, required at a tool schema's root (BR-33)
  bool short_ids = false;    // tool ids of nine letters and digits (BRM-13)
  std::int64_t window = 128000;
};

// A model id taken apart: "us.meta.llama4-…", an ARN of a model or profile, or a bare id.
struct ModelName {
  std::string_view bare;     // "meta.llama4-maverick-17b-instruct-v1:0"
  std::string_view profile;  // "us", "global", …; "" for a bare id
};
ModelName read_model_name(std::string_view id);

bool is_claude(std::string_view bare);
bool is_nova(std::string_view bare);
bool is_retired(std::string_view bare);

const Family* find_family(std::string_view bare);

// Whether an inference profile may be called in a region; "" stands for a region nobody told.
bool profile_fits_region(std::string_view profile, std::string_view region);

}  // namespace dragoman::sandbox::bedrock
