#include "cli/yaml.hpp"

#include <charconv>
#include <map>
#include <set>

#include <yaml-cpp/yaml.h>
#include <keel/core/time_text.hpp>

namespace keel::cli {

struct Section::File {
  std::string name;
  std::optional<Error> error;  // the first
  std::set<std::string> known;
  YAML::Node root;
};

struct Section::Node {
  YAML::Node yaml;
};

Section::Section(std::shared_ptr<File> file, std::shared_ptr<Node> node, std::string path)
    : file_(std::move(file)), node_(std::move(node)), path_(std::move(path)) {}

namespace {

// "a.b.c=value" into the tree; list elements by number.
Status apply_override(const YAML::Node& root, const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    return Error{kConfigSyntax, "--set", text, "key.of.a.value=value", {}};
  YAML::Node at = root;
  std::string path = text.substr(0, equals);
  for (std::size_t begin = 0;;) {
    const auto dot = path.find('.', begin);
    const std::string key = path.substr(begin, dot == std::string::npos ? dot : dot - begin);
    const bool number = !key.empty() && key.find_first_not_of("0123456789") == std::string::npos;
    const YAML::Node next = number && at.IsSequence() ? at[std::stoul(key)] : at[key];
    at.reset(next);
    if (dot == std::string::npos) break;
    begin = dot + 1;
  }
  at = YAML::Load(text.substr(equals + 1));
  return {};
}

constexpr int kDeepest = 32;

// A key that stands twice in one mapping: the parser keeps both and a look-up finds the first. An
// alias may name what it stands in, so the depth has an end.
std::optional<Error> duplicate_key(const YAML::Node& node, const std::string& path,
                                   const std::string& file, int depth = 0) {
  if (depth > kDeepest) return Error{kConfigSyntax, path, {}, "at most 32 levels", file};
  std::map<std::string, int> lines;
  for (const auto& entry : node) {
    if (node.IsMap()) {
      const auto key = entry.first.as<std::string>();
      const auto own = path.empty() ? key : path + "." + key;
      const int line = entry.first.Mark().line + 1;
      const auto [first, is_new] = lines.try_emplace(key, line);
      if (!is_new)
        return Error{kDuplicateKey,
                     own,
                     {},
                     "once: it is in line " + std::to_string(first->second) + " and in line " +
                         std::to_string(line),
                     file + ":" + std::to_string(line)};
      if (auto inside = duplicate_key(entry.second, own, file, depth + 1)) return inside;
    } else if (auto inside = duplicate_key(entry, path, file, depth + 1)) {
      return inside;
    }
  }
  return std::nullopt;
}

void collect(const YAML::Node& node, const std::string& path, std::vector<std::string>& keys) {
  if (node.IsMap()) {
    for (const auto& entry : node)
      collect(
          entry.second,
          path.empty() ? entry.first.as<std::string>() : path + "." + entry.first.as<std::string>(),
          keys);
  } else if (node.IsSequence()) {
    for (std::size_t i = 0; i < node.size(); ++i)
      collect(node[i], path + "." + std::to_string(i), keys);
  } else {
    keys.push_back(path);
  }
}

}  // namespace

Result<Section> Section::load(const std::string& path, const std::vector<std::string>& overrides) {
  auto file = std::make_shared<File>();
  file->name = path;
  try {
    file->root = YAML::LoadFile(path);
    if (!file->root.IsMap()) return Error{kConfigSyntax, {}, {}, "a mapping at the top", path};
    if (auto twice = duplicate_key(file->root, {}, path)) return *twice;
    for (const auto& text : overrides)
      if (auto status = apply_override(file->root, text); !status) return std::move(status).error();
  } catch (const YAML::BadFile&) {
    return Error{kConfigSyntax, {}, path, "a file that can be read", {}};
  } catch (const YAML::Exception& error) {
    return Error{
        kConfigSyntax, {}, error.msg, "YAML", path + ":" + std::to_string(error.mark.line + 1)};
  } catch (const std::exception& error) {
    return Error{kConfigSyntax, "--set", error.what(), "a key that can be set", path};
  }
  auto root = std::make_shared<Node>(Node{file->root});
  return Section{file, root, {}};
}

std::string Section::path_of(const std::string& key) const {
  return path_.empty() ? key : path_ + "." + key;
}

void Section::fail(ErrorCode code, const std::string& key, std::string value, std::string rule) {
  if (!file_->error)
    file_->error = Error{code, path_of(key), std::move(value), std::move(rule), file_->name};
}

void Section::refuse(const std::string& key, const Error& error) {
  fail(error.code, key, error.value, error.rule);
}

bool Section::has(const std::string& key) const {
  return node_->yaml.IsMap() && static_cast<bool>(node_->yaml[key]);
}

Section Section::section(const std::string& key) {
  YAML::Node child;
  if (has(key)) {
    child = node_->yaml[key];
    if (!child.IsMap()) fail(kConfigValue, key, {}, "a mapping");
  }
  return Section{file_, std::make_shared<Node>(Node{child}), path_of(key)};
}

std::vector<Section> Section::list(const std::string& key) {
  std::vector<Section> items;
  if (!has(key)) return items;
  const YAML::Node child = node_->yaml[key];
  if (!child.IsSequence()) {
    fail(kConfigValue, key, {}, "a list");
    return items;
  }
  for (std::size_t i = 0; i < child.size(); ++i)
    items.push_back(Section{file_, std::make_shared<Node>(Node{child[i]}),
                            path_of(key) + "." + std::to_string(i)});
  return items;
}

std::vector<std::pair<std::string, std::string>> Section::entries() {
  std::vector<std::pair<std::string, std::string>> found;
  if (!node_->yaml.IsMap()) return found;
  for (const auto& entry : node_->yaml) {
    const auto key = entry.first.as<std::string>();
    if (const auto value = scalar(key)) found.emplace_back(key, *value);
  }
  return found;
}

std::optional<std::string> Section::scalar(const std::string& key) {
  file_->known.insert(path_of(key));
  if (!has(key)) return std::nullopt;
  const YAML::Node value = node_->yaml[key];
  if (!value.IsScalar()) {
    fail(kConfigValue, key, {}, "a single value");
    return std::nullopt;
  }
  return value.Scalar();
}

std::string Section::text(const std::string& key, const std::string& fallback) {
  return scalar(key).value_or(fallback);
}

std::string Section::required(const std::string& key) {
  auto value = scalar(key);
  if (!value || value->empty()) fail(kConfigValue, key, {}, "must be given");
  return value.value_or("");
}

bool Section::flag(const std::string& key, bool fallback) {
  const auto value = scalar(key);
  if (!value) return fallback;
  if (*value == "true") return true;
  if (*value == "false") return false;
  fail(kConfigValue, key, *value, "true or false");
  return fallback;
}

std::int64_t Section::whole(const std::string& key, std::int64_t fallback) {
  const auto value = scalar(key);
  if (!value) return fallback;
  std::int64_t number{};
  const auto [end, code] = std::from_chars(value->data(), value->data() + value->size(), number);
  if (code == std::errc{} && end == value->data() + value->size()) return number;
  fail(kConfigValue, key, *value, "a whole number");
  return fallback;
}

template <class T>
std::optional<T> Section::parsed(const std::string& key, Result<T> (*parse)(std::string_view)) {
  const auto value = scalar(key);
  if (!value) return std::nullopt;
  auto result = parse(*value);
  if (result) return *result;
  refuse(key, result.error());
  return std::nullopt;
}

std::optional<Price> Section::price(const std::string& key) {
  return parsed<Price>(key, &Price::parse);
}
std::optional<Quantity> Section::quantity(const std::string& key) {
  return parsed<Quantity>(key, &Quantity::parse);
}
std::optional<Rate> Section::rate(const std::string& key) {
  return parsed<Rate>(key, &Rate::parse);
}
std::optional<Duration> Section::duration(const std::string& key) {
  return parsed<Duration>(key, &parse_duration);
}
std::optional<Currency> Section::currency(const std::string& key) {
  return parsed<Currency>(key, &Currency::parse);
}

std::optional<Money> Section::money(const std::string& key) {
  const auto value = scalar(key);
  if (!value) return std::nullopt;
  const auto blank = value->find(' ');
  if (blank == std::string::npos) {
    fail(kConfigValue, key, *value, "an amount and its currency, such as 100000 USD");
    return std::nullopt;
  }
  const auto currency = Currency::parse(std::string_view{*value}.substr(blank + 1));
  if (!currency) {
    refuse(key, currency.error());
    return std::nullopt;
  }
  const auto money = Money::parse(std::string_view{*value}.substr(0, blank), *currency);
  if (money) return *money;
  refuse(key, money.error());
  return std::nullopt;
}

Status Section::finish() const {
  if (file_->error) return *file_->error;
  std::vector<std::string> keys;
  collect(file_->root, {}, keys);
  for (const auto& key : keys)
    if (!file_->known.contains(key))
      return Error{
          kConfigKey, key, {}, "a key that this command knows; is it misspelt?", file_->name};
  return {};
}

}  // namespace keel::cli
