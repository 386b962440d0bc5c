// What `dragoman lower`, `check` and `diff` print for machines.
#include <fmt/format.h>

#include <map>
#include <set>

#include "lower/argument_plan.h"
#include "offline.h"

namespace dragoman::app {
namespace {

// What is undone in arguments or in a JSON answer.
void write_plan(json::Writer& w, const lower::ArgumentPlan& plan) {
  std::map<std::string, std::string> keys;
  std::set<std::string> nulls;
  for (const lower::ArgumentPlan::Node& node : plan.nodes) {
    for (const auto& [wire, property] : node.properties) {
      if (property.client != wire) keys.emplace(wire, property.client);
      if (property.drop_null) nulls.insert(property.client);
    }
  }
  w.begin_object();
  if (!plan.wrapped.empty()) w.field("unwrap", plan.wrapped);
  if (!keys.empty()) {
    w.key("keys").begin_object();
    for (const auto& [wire, client] : keys) w.field(wire, client);
    w.end_object();
  }
  if (!nulls.empty()) {
    w.key("drop_null").begin_array();
    for (const std::string& name : nulls) w.string(name);
    w.end_array();
  }
  w.end_object();
}

}  // namespace

void write_refused(json::Writer& w, const lower::Refused& refused) {
  w.key("refused").begin_object().field("rule", refused.rule);
  w.field("pointer", refused.pointer).field("reason", refused.reason).end_object();
}

void write_edits(json::Writer& w, const Outcome& outcome) {
  w.key("edits").begin_array();
  for (std::size_t i = 0; i < outcome.lowered.edits.size(); ++i) {
    const lower::Edit& e = outcome.lowered.edits[i];
    w.begin_object().field("rule", e.rule).field("pointer", e.pointer).field("keyword", e.keyword);
    w.field("before", e.before).field("after", e.after).field("loss", lower::name(e.loss));
    w.field("source", outcome.sources[i]);
    if (outcome.policies[i] != config::LossPolicy::allow)
      w.field("policy", config::kLossPolicies[static_cast<std::size_t>(outcome.policies[i])]);
    w.end_object();
  }
  w.end_array();
}

void write_outcome(json::Writer& w, const Outcome& outcome) {
  if (outcome.refused) {
    write_refused(w, *outcome.refused);
    return;
  }
  w.field("method", "POST").field("url", outcome.url).key("headers").begin_object();
  for (const auto& [name, value] : outcome.headers) w.field(name, value);
  w.end_object();
  if (outcome.bodies.empty()) {
    w.key("body").raw(outcome.lowered.body);
  } else {
    w.key("bodies").begin_array();
    for (const std::string& body : outcome.bodies) w.raw(body);
    w.end_array();
  }
  write_edits(w, outcome);
  const lower::Restore& restore = outcome.lowered.restore;
  w.key("restore").begin_object().key("names").begin_object();
  for (const auto& [wire, client] : restore.names) w.field(wire, client);
  w.end_object();
  if (!restore.custom_tools.empty()) {
    w.key("custom_tools").begin_array();
    for (const std::string& name : restore.custom_tools) w.string(name);
    w.end_array();
  }
  if (!restore.structured_tool.empty()) w.field("structured_tool", restore.structured_tool);
  if (restore.aside_of != restore.structured_tool) w.field("aside_of", restore.aside_of);
  if (!restore.arguments.empty()) {
    w.key("arguments").begin_object();
    for (const auto& [tool, back] : restore.arguments) write_plan(w.key(tool), back->plan());
    w.end_object();
  }
  if (restore.output) write_plan(w.key("output"), restore.output->plan());
  w.end_object();
}

}  // namespace dragoman::app
