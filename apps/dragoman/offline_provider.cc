// Whose words an answer is in: the config's own providers before those the program knows.
#include <fmt/format.h>

#include <cstdio>

#include "offline.h"
#include "store/log_view.h"

namespace dragoman::app {

const profile::Provider* Offline::provider(std::string_view name) const {
  name = name.substr(0, name.find('/'));
  if (const config::Connection* own = snapshot_->config().connection(name)) return own->row.get();
  return catalogue().find(name);
}

void warn_unknown(const std::set<std::string>& providers) {
  for (const std::string& name : providers)
    fmt::print(stderr,
               "dragoman: provider '{}' is not known here, so its refusals were read as OpenAI's; give the "
               "gateway's config with --config\n",
               store::printable(name));
}

}  // namespace dragoman::app
