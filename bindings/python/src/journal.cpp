// Journals: what is in one, record by record.
#include "glue.hpp"

#include <keel/journal/inspect.hpp>
#include <keel/journal/reader.hpp>
#include <keel/model/describe.hpp>
#include <keel/model/order_records.hpp>
#include <keel/model/system_records.hpp>

namespace keel_python {

using namespace py::literals;
using keel::JournalReader;
using keel::RecordHeader;
using keel::RecordKind;

namespace {

// A record of a kind that has no class of its own: its header, its line of text and its bytes.
class AnyRecord {
 public:
  explicit AnyRecord(const RecordHeader& header) {
    const auto* from = reinterpret_cast<const std::byte*>(&header);
    words_.resize((header.size + 7) / 8);
    std::memcpy(words_.data(), from, header.size);
  }
  [[nodiscard]] const RecordHeader& header() const {
    return *reinterpret_cast<const RecordHeader*>(words_.data());
  }

 private:
  std::vector<std::uint64_t> words_;
};

// `header` is whole: its maker has checked it.
py::object as_object(const RecordHeader& header) {
  switch (header.kind) {
    case RecordKind::kQuote:
      return py::reinterpret_steal<py::object>(box(keel::record_as<keel::Quote>(header)));
    case RecordKind::kTrade:
      return py::reinterpret_steal<py::object>(box(keel::record_as<keel::Trade>(header)));
    case RecordKind::kBar:
    case RecordKind::kBarClosed:
      return py::reinterpret_steal<py::object>(box(keel::record_as<keel::Bar>(header)));
    default:
      if (keel::is_order_record(header.kind))
        return py::cast(keel::record_as<keel::OrderFact>(header));
      return py::cast(AnyRecord{header});
  }
}

// A reader as an iterator of transactions: (first_seq, last_seq, [records]).
class Reader {
 public:
  explicit Reader(const std::string& folder) : reader_(take(JournalReader::open(folder))) {}

  py::object next() {
    bool more = false;
    {
      py::gil_scoped_release release;
      more = reader_.next();
    }
    if (!more) {
      if (!reader_.status()) raise(reader_.status().error());
      throw py::stop_iteration();
    }
    const keel::Transaction& transaction = reader_.transaction();
    py::list records;
    for (const RecordHeader& header : transaction.records) records.append(as_object(header));
    return py::make_tuple(transaction.first_seq, transaction.last_seq, records);
  }
  [[nodiscard]] py::object torn_tail() const {
    const auto& tail = reader_.torn_tail();
    return tail ? py::object(py::str(tail->what)) : py::none();
  }
  [[nodiscard]] std::uint64_t last_seq() const { return reader_.last_seq(); }
  [[nodiscard]] std::uint32_t engine() const { return reader_.engine(); }

 private:
  JournalReader reader_;
};

py::dict inspect(const std::string& folder) {
  auto read = [&] {
    py::gil_scoped_release release;
    return keel::inspect_journal(folder);
  }();
  const keel::JournalSummary summary = take(std::move(read));
  py::dict table, kinds;
  for (const auto& kind : summary.kinds)
    kinds[py::str(std::string{keel::to_text(kind.kind)})] = kind.records;
  py::list damage;
  for (const auto& error : summary.damage) damage.append(error.message());
  table["whole"] = summary.whole();
  table["segments"] = summary.segments.size();
  table["snapshots"] = summary.snapshots.size();
  table["transactions"] = summary.transactions;
  table["records"] = summary.records;
  table["first_seq"] = summary.first_seq;
  table["last_seq"] = summary.last_seq;
  table["first_time"] = py::cast(summary.first_time);
  table["last_time"] = py::cast(summary.last_time);
  table["kinds"] = kinds;
  table["damage"] = damage;
  table["torn_tail"] =
      summary.torn_tail ? py::object(py::str(summary.torn_tail->what)) : py::none();
  return table;
}

}  // namespace

void add_journal(py::module_& module) {
  py::class_<AnyRecord>(module, "Record", "A record of a kind without a class of its own.")
      .def_property_readonly(
          "kind", [](const AnyRecord& r) { return std::string{keel::to_text(r.header().kind)}; })
      .def_property_readonly("seq", [](const AnyRecord& r) { return r.header().seq; })
      .def_property_readonly("instrument", [](const AnyRecord& r) { return r.header().instrument; })
      .def_property_readonly("ts_event", [](const AnyRecord& r) { return r.header().ts_event; })
      .def_property_readonly("ts_recv", [](const AnyRecord& r) { return r.header().ts_recv; })
      .def("__str__", [](const AnyRecord& r) { return keel::describe(r.header()); })
      .def("__repr__", [](const AnyRecord& r) {
        return std::string("<").append(keel::describe(r.header())).append(">");
      });
  module.def("_record", [](const py::bytes& bytes) {
    const std::string text = bytes;
    std::vector<std::uint64_t> words((text.size() + 7) / 8);
    std::memcpy(words.data(), text.data(), text.size());
    take(keel::check_record(reinterpret_cast<const std::byte*>(words.data()), text.size()));
    return as_object(*reinterpret_cast<const RecordHeader*>(words.data()));
  });
  py::class_<Reader>(module, "JournalReader",
                     "Iterates over the transactions of a journal: (first_seq, last_seq, records), "
                     "the input first. Also while a writer adds to them: iterate again for what "
                     "came since. Errors: journal.missing, journal.corrupt, journal.format.")
      .def(py::init<const std::string&>(), "folder"_a)
      .def("__iter__", [](py::object self) { return self; })
      .def("__next__", &Reader::next)
      .def_property_readonly("torn_tail", &Reader::torn_tail)
      .def_property_readonly("last_seq", &Reader::last_seq)
      .def_property_readonly("engine", &Reader::engine);
  module.def("inspect_journal", inspect, "folder"_a,
             "What is in a journal and whether it is whole: a dict. Error: journal.missing.");
}

}  // namespace keel_python
