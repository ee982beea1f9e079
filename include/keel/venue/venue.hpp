// The seam to a venue, and nothing else. An adapter implements Venue; the engine calls it.
#pragma once

#include <cstddef>

#include <keel/model/approved.hpp>
#include <keel/model/order_records.hpp>
#include <keel/venue/capabilities.hpp>

namespace keel {

class Engine;

// The commands of one transaction for one venue: a run of journal records, valid during the call.
// Only an engine's outbox makes one, from records that its order manager approved.
class CommandBatch {
 public:
  class Iterator {
   public:
    Iterator(const std::byte* at, const std::byte* end, VenueId venue)
        : at_(at), end_(end), venue_(venue) {
      skip();
    }
    const Command& operator*() const { return record_as<Command>(header()); }
    Iterator& operator++() {
      at_ += header().size;
      skip();
      return *this;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.at_ == b.at_; }

   private:
    [[nodiscard]] const RecordHeader& header() const {
      return *reinterpret_cast<const RecordHeader*>(at_);
    }
    void skip() {
      while (at_ != end_ &&
             !(is_command(header().kind) && record_as<Command>(header()).venue == venue_))
        at_ += header().size;
    }
    const std::byte* at_;
    const std::byte* end_;
    VenueId venue_;
  };

  // For tests of adapters and for hosts with an outbox of their own. `begin` to `end` are whole
  // records.
  CommandBatch(const Unchecked&, const std::byte* begin, const std::byte* end, VenueId venue)
      : begin_(begin), end_(end), venue_(venue) {}

  [[nodiscard]] Iterator begin() const { return {begin_, end_, venue_}; }
  [[nodiscard]] Iterator end() const { return {end_, end_, venue_}; }

 private:
  friend class Engine;
  CommandBatch(const std::byte* begin, const std::byte* end, VenueId venue)
      : begin_(begin), end_(end), venue_(venue) {}
  const std::byte* begin_;
  const std::byte* end_;
  VenueId venue_;
};

// Where a venue and a feed put what they hear: a ring of the engine's Inbox, or a test's list.
class InputSink {
 public:
  // Copies the record. false: the sink is full. Market data may then be conflated (and the gap
  // marked); order and account reports must be kept and offered again, and no more be read
  // meanwhile.
  virtual bool push(const RecordHeader& record) = 0;

 protected:
  ~InputSink() = default;
};

class Venue {
 public:
  virtual ~Venue() = default;

  [[nodiscard]] virtual VenueId id() const = 0;
  [[nodiscard]] virtual const Capabilities& capabilities() const = 0;

  // Takes the commands and returns at once; never blocks, never fails. What becomes of each is told
  // by reports; what could not even be sent is reported as Refused, known not sent.
  // Called on the engine's thread.
  virtual void send(const CommandBatch& batch) = 0;

  // Asks for every open order, recent execution and balance, reported with OrderReport::kSnapshot
  // and closed by kSnapshotEnd.
  virtual void request_snapshot(AccountId account) = 0;
};

}  // namespace keel
