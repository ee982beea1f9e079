// The session itself: start, time, verification, display groups.
#pragma once

#include <keel/adapters/tws/types.hpp>

namespace keel::tws {

struct StartApiRequest {
  static constexpr int kId = 71, kProtobufFrom = 213;
  std::int32_t client_id = 0;
  std::string optional_capabilities;
  friend bool operator==(const StartApiRequest&, const StartApiRequest&) = default;
};

struct SetServerLogLevelRequest {
  static constexpr int kId = 14, kProtobufFrom = 213;
  std::int32_t log_level = 0;
  friend bool operator==(const SetServerLogLevelRequest&,
                         const SetServerLogLevelRequest&) = default;
};

struct CurrentTimeRequest {
  static constexpr int kId = 49, kProtobufFrom = 213;
  friend bool operator==(const CurrentTimeRequest&, const CurrentTimeRequest&) = default;
};

struct CurrentTime {
  static constexpr int kId = 49, kProtobufFrom = 213;
  std::int64_t current_time = 0;
  friend bool operator==(const CurrentTime&, const CurrentTime&) = default;
};

struct CurrentTimeInMillisRequest {
  static constexpr int kId = 105, kProtobufFrom = 213;
  friend bool operator==(const CurrentTimeInMillisRequest&,
                         const CurrentTimeInMillisRequest&) = default;
};

struct CurrentTimeInMillis {
  static constexpr int kId = 109, kProtobufFrom = 213;
  std::int64_t current_time_in_millis = 0;
  friend bool operator==(const CurrentTimeInMillis&, const CurrentTimeInMillis&) = default;
};

struct VerifyRequest {
  static constexpr int kId = 65, kProtobufFrom = 213;
  std::string api_name;
  std::string api_version;
  friend bool operator==(const VerifyRequest&, const VerifyRequest&) = default;
};

struct VerifyMessageRequest {
  static constexpr int kId = 66, kProtobufFrom = 213;
  std::string api_data;
  friend bool operator==(const VerifyMessageRequest&, const VerifyMessageRequest&) = default;
};

struct VerifyMessageApi {
  static constexpr int kId = 65, kProtobufFrom = 213;
  std::string api_data;
  friend bool operator==(const VerifyMessageApi&, const VerifyMessageApi&) = default;
};

struct VerifyCompleted {
  static constexpr int kId = 66, kProtobufFrom = 213;
  bool is_successful = false;
  std::string error_text;
  friend bool operator==(const VerifyCompleted&, const VerifyCompleted&) = default;
};

struct QueryDisplayGroupsRequest {
  static constexpr int kId = 67, kProtobufFrom = 213;
  std::int32_t req_id = 0;
  friend bool operator==(const QueryDisplayGroupsRequest&,
                         const QueryDisplayGroupsRequest&) = default;
};

struct DisplayGroupList {
  static constexpr int kId = 67, kProtobufFrom = 213;
  std::int32_t req_id = 0;
  std::string groups;
  friend bool operator==(const DisplayGroupList&, const DisplayGroupList&) = default;
};

struct SubscribeToGroupEventsRequest {
  static constexpr int kId = 68, kProtobufFrom = 213;
  std::int32_t req_id = 0;
  std::int32_t group_id = 0;
  friend bool operator==(const SubscribeToGroupEventsRequest&,
                         const SubscribeToGroupEventsRequest&) = default;
};

struct UpdateDisplayGroupRequest {
  static constexpr int kId = 69, kProtobufFrom = 213;
  std::int32_t req_id = 0;
  std::string contract_info;
  friend bool operator==(const UpdateDisplayGroupRequest&,
                         const UpdateDisplayGroupRequest&) = default;
};

struct UnsubscribeFromGroupEventsRequest {
  static constexpr int kId = 70, kProtobufFrom = 213;
  std::int32_t req_id = 0;
  friend bool operator==(const UnsubscribeFromGroupEventsRequest&,
                         const UnsubscribeFromGroupEventsRequest&) = default;
};

struct DisplayGroupUpdated {
  static constexpr int kId = 68, kProtobufFrom = 213;
  std::int32_t req_id = 0;
  std::string contract_info;
  friend bool operator==(const DisplayGroupUpdated&, const DisplayGroupUpdated&) = default;
};

}  // namespace keel::tws
