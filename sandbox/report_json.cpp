#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sandbox/report_compare.hpp"
#include "sandbox/report_writers.hpp"

namespace sandpost::sandbox {
namespace {

using Json = nlohmann::ordered_json;

std::int64_t count(ZonedTime when) {
  return when.time.time_since_epoch().count();
}

std::string_view name_of(Side side) {
  switch (side) {
    case Side::client:
      return "client";
    case Side::content:
      return "content";
    case Side::server:
      return "server";
  }
  return {};
}

Json json_of(const ReportLine& line) {
  return {{"time", count(line.when)},
          {"side", name_of(line.side)},
          {"text", line.text},
          {"note", line.note}};
}

Json json_of(const std::vector<ReportLine>& lines) {
  Json out = Json::array();
  for (const ReportLine& line : lines)
    out.push_back(json_of(line));
  return out;
}

Json json_of(const ReportSession& session) {
  Json out{{"number", session.number},
           {"protocol", session.protocol},
           {"client", session.client},
           {"begun", count(session.begun)}};
  out["ended"] = session.ended ? Json(count(*session.ended)) : Json(nullptr);
  out["clean"] = session.clean;
  out["lines"] = json_of(session.lines);
  return out;
}

Json json_of(const ReportDelivery& delivery) {
  Json out{{"queue", delivery.queue},
           {"mailbox", delivery.mailbox},
           {"session", delivery.session},
           {"accepted", count(delivery.accepted)},
           {"due", count(delivery.due)}};
  out["delivered"] = delivery.delivered ? Json(count(*delivery.delivered)) : Json(nullptr);
  return out;
}

Side side_from(const std::string& name) {
  return name == "client" ? Side::client : name == "content" ? Side::content : Side::server;
}

ZonedTime time_from(const Json& json) {
  return {Time{std::chrono::milliseconds{json.get<std::int64_t>()}}, {}};
}

ReportSession session_from(const Json& json) {
  ReportSession session;
  session.number = json.at("number").get<std::uint64_t>();
  session.protocol = printable(json.at("protocol").get<std::string>());
  session.client = json.at("client").get<std::string>();
  session.begun = time_from(json.at("begun"));
  for (const Json& line : json.at("lines")) {
    session.lines.push_back({time_from(line.at("time")),
                             side_from(line.at("side").get<std::string>()),
                             line.at("text").get<std::string>()});
  }
  return session;
}

}  // namespace

std::string report_json(const Report& report) {
  Json out{{"report", 1}, {"title", report.title}};
  out["name"] = report.name;
  out["id"] = report.id;
  out["anonymous"] = report.anonymous;
  out["lesson"] = report.lesson;
  out["version"] = report.version;
  out["started"] = count(report.started);
  out["offset"] = report.started.offset.count();
  out["delay"] = report.delay;
  out["steps"] = report.steps;
  out["done"] = report.done;
  for (const char* list : {"sessions", "deliveries", "letters", "mistakes", "help", "questions",
                           "answers", "problems"}) {
    out[list] = Json::array();
  }
  for (const ReportSession& session : report.sessions)
    out["sessions"].push_back(json_of(session));
  for (const ReportDelivery& delivery : report.deliveries)
    out["deliveries"].push_back(json_of(delivery));
  for (const ReportLetter& letter : report.letters) {
    out["letters"].push_back(
        {{"queue", letter.queue}, {"session", letter.session}, {"head", json_of(letter.lines)}});
  }
  for (const ReportMistake& one : report.mistakes) {
    out["mistakes"].push_back({{"time", count(one.when)},
                               {"session", one.session},
                               {"line", one.line},
                               {"reply", one.reply},
                               {"cause", one.cause},
                               {"explanation", one.explanation}});
  }
  for (const ReportHelp& one : report.help)
    out["help"].push_back(
        {{"time", count(one.when)}, {"kind", one.kind}, {"step", one.step}, {"title", one.title}});
  for (std::size_t i = 0; i < report.questions.size(); ++i) {
    const ReportQuestion& one = report.questions[i];
    out["questions"].push_back(one.ask);
    if (!one.when) continue;
    Json answer{{"time", count(*one.when)}, {"question", i + 1}, {"answer", one.answer}};
    answer["good"] = one.good;
    answer["expected"] = one.expected.empty() ? Json(nullptr) : Json(one.expected);
    out["answers"].push_back(std::move(answer));
  }
  for (const std::string& problem : report.problems)
    out["problems"].push_back(problem);
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::optional<Report> report_from_json(std::string_view octets) {
  const Json json = Json::parse(octets, nullptr, false);
  if (!json.is_object() || !json.contains("report")) return std::nullopt;
  try {
    Report report;
    report.anonymous = json.at("anonymous").get<bool>();
    report.lesson = json.at("lesson").get<std::string>();
    for (const Json& session : json.at("sessions"))
      report.sessions.push_back(session_from(session));
    for (const Json& one : json.at("deliveries")) {
      report.deliveries.push_back({one.at("queue").get<std::int64_t>(),
                                   one.at("mailbox").get<std::string>(),
                                   one.at("session").get<std::uint64_t>(),
                                   time_from(one.at("accepted")), time_from(one.at("due"))});
    }
    return report;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

}  // namespace sandpost::sandbox
