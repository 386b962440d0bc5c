#include "conformance/rule_case.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace dragoman::conformance {
namespace {

void read_cites(RuleCase& out, const std::string& word) {
  out.cites = word != "false";
  if (out.cites && word != "true") out.cited = word;
}

RuleCase read_case(const std::filesystem::path& folder) {
  RuleCase out;
  out.folder = folder;
  out.name = folder.filename().string();
  out.rule = out.name.substr(0, out.name.find('.'));
  const YAML::Node root = YAML::LoadFile((folder / "case.yaml").string());
  for (const auto& entry : root) {
    const std::string key = entry.first.Scalar();
    const YAML::Node& value = entry.second;
    const auto pairs = [&](auto& into) {
      for (const auto& item : value) into.emplace_back(item.first.Scalar(), item.second.Scalar());
    };
    if (key == "what")
      out.what = value.Scalar();
    else if (key == "kind")
      out.kind = value.Scalar();
    else if (key == "from")
      out.from = value.Scalar();
    else if (key == "to")
      out.to = value.Scalar();
    else if (key == "stream")
      out.stream = value.as<bool>();
    else if (key == "cites")
      read_cites(out, value.Scalar());
    else if (key == "refused")
      out.refused = value.Scalar();
    else if (key == "refused_status")
      out.refused_status = value.as<int>();
    else if (key == "paranoid")
      out.paranoid = value.as<bool>();
    else if (key == "without_header")
      out.without_header = value.Scalar();
    else if (key == "client")
      out.client = value.Scalar();
    else if (key == "names")
      pairs(out.names);
    else if (key == "structured_tool")
      out.structured_tool = value.Scalar();
    else if (key == "provider")
      out.provider = value.Scalar();
    else if (key == "status")
      out.status = value.as<int>();
    else if (key == "headers")
      pairs(out.headers);
    else if (key == "class")
      out.cls = value.Scalar();
    else if (key == "retryable")
      out.retryable = value.Scalar();
    else if (key == "test")
      out.test = value.Scalar();
    else
      throw std::runtime_error(fmt::format("unknown key '{}'", key));
  }
  if (out.cited.empty()) out.cited = out.rule;
  if (out.what.empty()) throw std::runtime_error("`what` is missing: one line for people");
  return out;
}

}  // namespace

std::string rules_folder() { return std::string(DRAGOMAN_SOURCE_DIR) + "/tests/golden/rules"; }

std::vector<RuleCase> rule_cases() {
  std::vector<RuleCase> out;
  for (const auto& entry : std::filesystem::directory_iterator(rules_folder())) {
    if (!entry.is_directory()) continue;
    try {
      out.push_back(read_case(entry.path()));
    } catch (const std::exception& e) {
      throw std::runtime_error(fmt::format("{}/case.yaml: {}", entry.path().string(), e.what()));
    }
  }
  std::ranges::sort(out, {}, &RuleCase::name);
  return out;
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

void PrintTo(const RuleCase& c, std::ostream* out) { *out << c.name; }

void expect_file(const std::filesystem::path& path, const std::string& actual) {
  if (std::getenv("DRAGOMAN_UPDATE_GOLDEN")) {
    if (actual.empty())
      std::filesystem::remove(path);
    else if (read_text(path) != actual)
      std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  EXPECT_EQ(read_text(path), actual) << path;
}

}  // namespace dragoman::conformance
