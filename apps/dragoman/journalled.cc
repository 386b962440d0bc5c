#include "journalled.h"

#include <fmt/format.h>

#include "store/journal_reader.h"

namespace dragoman::app {

Result<store::RequestRecord> journalled_record(const std::string& journal, const std::string& id) {
  auto reader = store::JournalReader::open(journal);
  if (!reader) return std::unexpected(reader.error());
  auto record = reader->find(id);
  if (!record) return std::unexpected(record.error());
  if (!*record) return fail(fmt::format("{} is not in {}; `dragoman logs` lists what is", id, journal));
  return **std::move(record);
}

Result<Journalled> journalled_request(const std::string& journal, const std::string& id) {
  auto record = journalled_record(journal, id);
  if (!record) return std::unexpected(record.error());
  if (!record->request_body) return fail(fmt::format("the body of {} was {}", id, kNoBodies));
  const auto dialect = canon::dialect_named(record->dialect);
  if (!dialect)
    return fail(fmt::format("{} was in '{}', which this dragoman does not know", id, record->dialect));
  return Journalled{*dialect, *std::move(record->request_body), record->model, record->key_name,
                    record->stream};
}

}  // namespace dragoman::app
