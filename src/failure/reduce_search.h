// The search of reduce.h. Its two halves: reduce.cc finds the smallest request, reduce_fix.cc what to change.
#pragma once
#include <functional>
#include <memory>
#include <set>
#include <unordered_map>
#include <utility>

#include "failure/reduce.h"
#include "json/parse.h"
#include "json/write.h"

namespace dragoman::failure {

using Pointers = std::set<std::string>;

// `pointer` is one of `left_out`, or within one.
bool lies_within(const std::string& pointer, const Pointers& left_out);
void leave_out(const Part& part, Pointers& out);

// A request that was changed, and what it is made of.
struct Changed {
  Changed(canon::DialectName dialect, json::Value body, std::span<const Change> changes)
      : text(json::dump(changed(arena, body, changes))),
        parts(dialect, json::parse(arena, text).value_or(json::Value())) {}
  Arena arena;
  std::string text;
  RequestParts parts;
};

class Search {
 public:
  // `ask` gets the request and what was left out for it.
  using AskWithout = std::function<Reply(const Pointers& left_out, const std::string& request, const Step&)>;
  Search(canon::DialectName dialect, const RequestParts& parts, const AskWithout& ask)
      : dialect_(dialect), parts_(&parts), ask_(ask) {}

  Reduction run();

 private:
  struct Counted {
    Count count;
    std::vector<Part> all;
  };
  Reply put(const Pointers& left_out, const Step& step) { return put(*parts_, left_out, step); }
  Reply put(const RequestParts& parts, const Pointers& left_out, const Step& step);
  bool stopped() const { return !unfinished_.empty(); }
  void shrink(Side side, std::string_view name, const Reply& refusal, Pointers& left_out);
  Pointers minimal(const Reply& refusal, const Pointers& base);
  std::vector<Part> all_parts(const Pointers& left_out) const;
  bool speechless(const Pointers& left_out) const;
  Pointers around(const Pointers& smallest, const Pointers& base) const;
  bool is_cause(const Part& part, const Reply& refusal, const Pointers& smallest, const Pointers& context);
  std::optional<Part> fix_of(const Reply& refusal, const Pointers& smallest, const Pointers& base);
  bool change(Fault& fault, const Pointers& smallest, const Pointers& base);
  bool thin_out(Fault& fault, const Counted& counted, const Pointers& base, Pointers& went);
  std::size_t weight(const Part& part) const;
  void spare(std::vector<Pointers>& fixes);

  const canon::DialectName dialect_;
  const RequestParts* parts_;
  const AskWithout& ask_;
  std::unordered_map<std::string, Reply> answers_;  // by request
  std::size_t asked_ = 0, answered_before_ = 0;
  bool shrunk_ = false;
  std::string unfinished_;
  std::optional<Counted> counted_;  // found on the way to the smallest request
  // The request as changed so far; `parts_` is of the last.
  std::vector<std::unique_ptr<Changed>> changed_;
  std::vector<Change> changes_;
  // The smallest request of the refusal that a fix has uncovered, when it was found on the way.
  std::optional<std::pair<Reply, Pointers>> uncovered_;
};

}  // namespace dragoman::failure
