// The SQL side of the vault's thread. One thread at a time.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "store/sqlite.h"
#include "store/vault_seal.h"

namespace dragoman::store {

class VaultFile {
 public:
  // PRAGMA application_id, "DRGV", and user_version of a file this program writes.
  static constexpr int kApplicationId = 0x44524756;
  static constexpr int kVersion = 1;

  // Makes or opens it. A damaged file is renamed first, which is logged; a newer or foreign one is an error
  // and stays as it is.
  static Result<VaultFile> open(const std::string& location);

  Result<void> begin() { return database_.run("BEGIN IMMEDIATE"); }
  Result<void> commit() { return database_.run("COMMIT"); }
  void rollback() { (void)database_.run("ROLLBACK"); }

  Result<void> put(const VaultAddress& address, std::string_view sealed, std::int64_t now_s);
  Result<std::optional<std::string>> get(const VaultAddress& address);
  Result<void> each_address(const std::function<void(const VaultAddress&)>& sink);

  // Deletes rows put more than `max_age_s` ago (0: none), then the oldest until the file is within
  // `max_bytes` (0: no limit), and gives the space back. Bounded work a call. What was deleted goes to
  // `gone`.
  Result<void> retain(std::int64_t max_age_s, std::int64_t max_bytes, std::int64_t now_s,
                      std::vector<VaultAddress>& gone);

 private:
  VaultFile(Database database, Statement put, Statement get)
      : database_(std::move(database)), put_(std::move(put)), get_(std::move(get)) {}
  Result<std::size_t> drop(std::string_view condition, int limit, std::vector<VaultAddress>& gone);

  Database database_;  // first, so that the statements go before it
  Statement put_, get_;
};

}  // namespace dragoman::store
