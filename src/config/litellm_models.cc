#include "config/litellm_models.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "config/litellm_target.h"

namespace dragoman::config {
namespace {

class ModelListReader {
 public:
  ModelListReader(const Sources& sources, Reader& reader, Reader& warn, Config& config)
      : sources_(sources), reader_(reader), warn_(warn), config_(config) {}

  void read(const Place& place) {
    if (!place.value->is_list()) {
      reader_.fault(place, "expected a list of models, found " + shown(*place.value));
      return;
    }
    std::vector<Group> groups;
    for (std::size_t i = 0; i < place.value->items.size(); ++i) entry(place.at(i), groups);
    for (Group& group : groups) add_model(group);
  }

 private:
  struct Group {
    std::string name;
    std::vector<LitellmTarget> targets;
  };

  void entry(const Place& place, std::vector<Group>& groups) {
    if (!place.value->is_map()) {
      reader_.fault(place, "expected a map with model_name and litellm_params, found " + shown(*place.value));
      return;
    }
    const Document* name = place.value->find("model_name");
    const Document* params = place.value->find("litellm_params");
    if (name == nullptr || !name->is_scalar() || name->text.empty()) {
      reader_.fault(place, "an entry of model_list needs a model_name");
      return;
    }
    if (params == nullptr) {
      reader_.fault(place, "an entry of model_list needs litellm_params");
      return;
    }
    for (const Entry& e : place.value->entries) {
      if (e.key != "model_name" && e.key != "litellm_params" && e.key != "model_info") {
        warn_.fault_at(e.line, e.column, place.path + "." + e.key, std::string(kNotHonouredText));
      }
    }
    std::int64_t context_window = 0;
    if (const Document* info = place.value->find("model_info")) {
      if (!model_info({info, place.path + ".model_info"}, context_window)) return;
    }
    auto target =
        read_litellm_target({params, place.path + ".litellm_params"}, config_.defaults.timeouts,
                            *config_.defaults.stream_timeouts, sources_, *config_.catalogue, reader_, warn_);
    if (!target) return;
    target->spec.context_window = context_window;
    if (const Document* info = place.value->find("model_info"))
      for (const bool input : {true, false})
        if (const Document* cost = info->find(input ? "input_cost_per_token" : "output_cost_per_token")) {
          ConfigErrors ignored;
          std::optional<double> a_token(0);
          if (Reader(reader_.file(), ignored).number({cost, place.path}, 0, 1, *a_token); ignored.empty())
            set_cost(target->spec, input, a_token);
        }
    auto group = std::ranges::find_if(groups, [&](const Group& g) { return g.name == name->text; });
    if (group == groups.end()) group = groups.insert(groups.end(), Group{name->text, {}});
    group->targets.push_back(std::move(*target));
  }

  // False if the entry is for something dragoman does not serve.
  bool model_info(const Place& place, std::int64_t& context_window) {
    if (!place.value->is_map()) return true;
    if (const Document* mode = place.value->find("mode"); mode != nullptr && mode->is_scalar()) {
      if (mode->text != "chat" && mode->text != "completion" && mode->text != "responses" &&
          mode->text != "embedding") {
        warn_.fault({mode, place.path + ".mode"},
                    fmt::format("'{}' is not served: this entry is left out", mode->text));
        return false;
      }
    }
    if (const Document* window = place.value->find("max_input_tokens")) {
      ConfigErrors ignored;
      Reader(reader_.file(), ignored).integer({window, place.path}, 1, 1'000'000'000, context_window);
    }
    return true;  // the rest describes the model to LiteLLM's own pages
  }

  void add_model(Group& group) {
    ModelSpec spec;
    spec.name = group.name;
    spec.reliability = config_.defaults;
    spec.own_fallbacks_only = true;
    // simple-shuffle: by weight if the first has one, else by rpm, else by tpm, else evenly. With an order
    // given, an entry without one comes last.
    const LitellmTarget& first = group.targets.front();
    const auto member = first.weight ? &LitellmTarget::weight
                        : first.rpm  ? &LitellmTarget::rpm
                                     : &LitellmTarget::tpm;
    const bool ordered =
        std::ranges::any_of(group.targets, [](const LitellmTarget& t) { return t.order.has_value(); });
    std::optional<int> retries;
    for (LitellmTarget& target : group.targets) {
      if ((first.*member).has_value()) {
        target.spec.weight = (target.*member).value_or(0);
      } else {
        target.spec.weight = 1;
      }
      target.spec.order = target.order.value_or(ordered ? 1'000'000 : 1);
      target.spec.retries = target.num_retries;
      if (target.num_retries) retries = std::max(retries.value_or(0), *target.num_retries);
      spec.targets.push_back(std::move(target.spec));
    }
    if (retries) spec.reliability.policy.retries_per_model = *retries;
    config_.models.push_back(std::move(spec));
  }

  const Sources& sources_;
  Reader& reader_;
  Reader& warn_;
  Config& config_;
};

}  // namespace

void read_litellm_models(const Place& place, const Sources& sources, Reader& reader, Reader& warn,
                         Config& config) {
  ModelListReader(sources, reader, warn, config).read(place);
}

}  // namespace dragoman::config
