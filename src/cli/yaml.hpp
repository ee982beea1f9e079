// A YAML file read strictly: every key is known, every value is what it should be, and an error
// names the file, the key's path, the value and the rule. yaml-cpp's types stay in yaml.cpp.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <keel/core/decimal.hpp>
#include <keel/core/money.hpp>
#include <keel/core/time.hpp>

namespace keel::cli {

inline constexpr ErrorCode kConfigSyntax{"cli.config_syntax"};
inline constexpr ErrorCode kConfigKey{"cli.config_key"};
inline constexpr ErrorCode kConfigValue{"cli.config_value"};
inline constexpr ErrorCode kDuplicateKey{"cli.duplicate_key"};

// One mapping of the file. Reads mark their key as known; `finish` names the first key that nobody
// asked for. The first error is kept; later reads give their default.
class Section {
 public:
  // Errors: cli.config_syntax, cli.duplicate_key. `overrides` are "a.b.c=value" from the command
  // line.
  static Result<Section> load(const std::string& path, const std::vector<std::string>& overrides);

  [[nodiscard]] bool has(const std::string& key) const;
  [[nodiscard]] Section section(const std::string& key);            // empty where it is absent
  [[nodiscard]] std::vector<Section> list(const std::string& key);  // of mappings
  // key and value of each entry, as text.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> entries();

  std::string text(const std::string& key, const std::string& fallback);
  std::string required(const std::string& key);
  bool flag(const std::string& key, bool fallback);
  std::int64_t whole(const std::string& key, std::int64_t fallback);
  std::optional<Price> price(const std::string& key);
  std::optional<Quantity> quantity(const std::string& key);
  std::optional<Rate> rate(const std::string& key);
  std::optional<Duration> duration(const std::string& key);
  std::optional<Currency> currency(const std::string& key);
  // "100000 USD".
  std::optional<Money> money(const std::string& key);

  // A value that was read but does not do.
  void refuse(const std::string& key, const Error& error);
  [[nodiscard]] Status finish() const;

 private:
  struct File;
  struct Node;
  Section(std::shared_ptr<File> file, std::shared_ptr<Node> node, std::string path);
  [[nodiscard]] std::optional<std::string> scalar(const std::string& key);
  [[nodiscard]] std::string path_of(const std::string& key) const;
  template <class T>
  std::optional<T> parsed(const std::string& key, Result<T> (*parse)(std::string_view));
  void fail(ErrorCode code, const std::string& key, std::string value, std::string rule);

  std::shared_ptr<File> file_;
  std::shared_ptr<Node> node_;
  std::string path_;
};

}  // namespace keel::cli
