#include "lower/validate/program.h"

namespace dragoman::validate {
namespace {

// The schemas that `id` applies to the very same instance.
void append_in_place(const Program& program, SchemaId id, std::vector<SchemaId>& out) {
  for (const Check& check : program.schemas[id].checks) {
    switch (check.op) {
      case Op::reference:
      case Op::negation:
        out.push_back(check.schema);
        break;
      case Op::all_of:
      case Op::any_of:
      case Op::one_of:
        out.insert(out.end(), program.lists[check.number].begin(), program.lists[check.number].end());
        break;
      case Op::condition:
        for (const SchemaId next :
             {program.conditions[check.number].test, program.conditions[check.number].then,
              program.conditions[check.number].otherwise})
          if (next != kNoSchema) out.push_back(next);
        break;
      case Op::dependent_schemas:
        for (const auto& [name, next] : program.dependents[check.number].schemas) out.push_back(next);
        break;
      default:
        break;  // dynamic references lead elsewhere each time: the limit on depth ends those
    }
  }
}

}  // namespace

SchemaId endless_schema(const Program& program) {
  enum class Mark : std::uint8_t { fresh, open, done };
  std::vector<Mark> marks(program.schemas.size(), Mark::fresh);
  struct Step {
    SchemaId id;
    bool leave;
  };
  std::vector<Step> stack;
  std::vector<SchemaId> next;
  for (SchemaId start = 0; start < marks.size(); ++start) {
    stack.push_back({start, false});
    while (!stack.empty()) {
      const Step step = stack.back();
      stack.pop_back();
      if (step.leave) {
        marks[step.id] = Mark::done;
        continue;
      }
      if (marks[step.id] == Mark::done) continue;
      marks[step.id] = Mark::open;
      stack.push_back({step.id, true});
      next.clear();
      append_in_place(program, step.id, next);
      for (const SchemaId id : next) {
        if (marks[id] == Mark::open) return id;
        if (marks[id] == Mark::fresh) stack.push_back({id, false});
      }
    }
  }
  return kNoSchema;
}

}  // namespace dragoman::validate
