#include "net/sasl.hpp"

#include <gsasl.h>

#include <algorithm>
#include <array>
#include <exception>
#include <stdexcept>
#include <utility>

#include "base/base64.hpp"
#include "base/text.hpp"

namespace sandpost::net {
namespace {

using StepResult = Result<SaslStep, SaslError>;

constexpr std::array<std::pair<SaslMechanism, const char*>, 4> names{{
    {SaslMechanism::plain, "PLAIN"},
    {SaslMechanism::login, "LOGIN"},
    {SaslMechanism::cram_md5, "CRAM-MD5"},
    {SaslMechanism::scram_sha_256, "SCRAM-SHA-256"},
}};

// What Microsoft's servers say, and what clients and tutorials know: no document defines it, and
// the expired draft-murchison-sasl-login has other words.
constexpr std::string_view ask_user = "Username:";
constexpr std::string_view ask_password = "Password:";

struct Free {
  void operator()(Gsasl* library) const { gsasl_done(library); }
  void operator()(Gsasl_session* session) const { gsasl_finish(session); }
  void operator()(char* text) const { gsasl_free(text); }
};
using Library = std::unique_ptr<Gsasl, Free>;
using LibrarySession = std::unique_ptr<Gsasl_session, Free>;
using LibraryText = std::unique_ptr<char, Free>;

[[noreturn]] void fail(int code) {
  throw std::runtime_error(std::string("libgsasl: ") + gsasl_strerror(code));
}

Failure<SaslError> failure(SaslError error) {
  return Failure<SaslError>{error};
}

std::string as_base64(std::span<const std::uint8_t> octets) {
  return base64_encode(std::string(octets.begin(), octets.end()));
}

// RFC 5802 §7, the beginning of it:
//   client-first-message = gs2-cbind-flag "," [authzid] "," username "," nonce ...
//   username             = "n=" saslname
//   saslname             = 1*(value-safe-char / "=2C" / "=3D")
// Checked here, because libgsasl 2.2 takes any "=", a client that wants the channel binding that
// SCRAM-SHA-256-PLUS has, and loses a little memory over a name of which SASLprep leaves nothing.
bool is_client_first(std::string_view message) {
  const auto first = message.find(',');
  const auto second = first == std::string_view::npos ? first : message.find(',', first + 1);
  if (second == std::string_view::npos || message.front() == 'p') return false;
  const std::string_view authorization = message.substr(first + 1, second - first - 1);
  const std::string_view rest = message.substr(second + 1);
  const std::string name(rest.substr(0, rest.find(',')));
  for (std::string_view text : {authorization, std::string_view(name)}) {
    text.remove_prefix(std::min<std::size_t>(2, text.size()));  // "a=", "n="
    for (auto at = text.find('='); at != std::string_view::npos; at = text.find('=', at + 1)) {
      const std::string_view code = text.substr(at + 1, 2);
      if (code != "2C" && code != "3D") return false;
    }
  }
  if (!name.starts_with("n=")) return false;
  char* prepared = nullptr;
  const int code = gsasl_saslprep(name.c_str() + 2, GSASL_ALLOW_UNASSIGNED, &prepared, nullptr);
  const LibraryText owner(prepared);
  return code == GSASL_OK && *prepared != '\0';
}

}  // namespace

std::string saslprep(std::string_view text) {
  const bool c_string = text.find('\0') == std::string_view::npos;
  if (is_ascii(text) || !c_string || !is_utf8(text)) return std::string(text);
  char* prepared = nullptr;
  const int code =
      gsasl_saslprep(std::string(text).c_str(), GSASL_ALLOW_UNASSIGNED, &prepared, nullptr);
  const LibraryText owner(prepared);
  return code == GSASL_OK && *prepared != '\0' ? std::string(prepared) : std::string(text);
}

std::optional<SaslMechanism> find_sasl_mechanism(std::string_view name) {
  for (const auto& [mechanism, text] : names) {
    if (equals_ignoring_case(name, text)) return mechanism;
  }
  return std::nullopt;
}

std::string_view to_text(SaslMechanism mechanism) {
  return std::find_if(names.begin(), names.end(),
                      [&](const auto& name) { return name.first == mechanism; })
      ->second;
}

SaslDecoys::SaslDecoys() {
  std::array<char, std::tuple_size_v<db::Digest>> bytes{};
  const int code = gsasl_random(bytes.data(), bytes.size());
  if (code != GSASL_OK) fail(code);
  std::copy(bytes.begin(), bytes.end(), key_.begin());
}

db::PasswordHash SaslDecoys::hash(std::string_view user) const {
  db::PasswordHash hash;
  const db::Digest salt = digest("salt", user);
  std::copy_n(salt.begin(), hash.salt.size(), hash.salt.begin());
  hash.stored_key = digest("stored key", user);
  hash.server_key = digest("server key", user);
  return hash;
}

std::string SaslDecoys::secret(std::string_view user) const {
  return as_base64(digest("secret", user));
}

db::Digest SaslDecoys::digest(std::string_view purpose, std::string_view user) const {
  std::string text(purpose);
  text += '\0';
  text += to_lower(user);
  return db::hmac_sha256(key_, text);
}

// The library's sessions keep a pointer to it, so it stays where it is.
class SaslServer::Exchange {
 public:
  Exchange(SaslMechanism mechanism, SaslAccounts accounts, const SaslDecoys& decoys);

  StepResult step(std::optional<std::string_view> message);
  const std::string& user() const { return done_ ? user_ : nobody_; }

 private:
  void start_library();
  StepResult answer(std::optional<std::string_view> message, bool first);
  StepResult plain(std::string_view message);
  StepResult login(const std::string& message);
  StepResult scram(std::string_view message);
  StepResult check_password(const std::string& password);
  StepResult ask_library(std::string_view message);
  StepResult accept();
  int on_property(Gsasl_property property);
  void set_credential();
  void set(Gsasl_property property, const std::string& value);

  SaslMechanism mechanism_;
  SaslAccounts accounts_;
  const SaslDecoys& decoys_;
  Library library_;
  LibrarySession session_;
  std::string user_;  // who the client says it is
  bool begun_ = false;
  bool known_ = false;         // find() knew the user
  bool asked_ = false;         // find() was asked
  bool store_failed_ = false;  // and could not say
  bool verified_ = false;      // by SCRAM; the client is to read the server's signature
  bool over_ = false;
  bool done_ = false;
  std::exception_ptr thrown_;  // by find(); it must not pass through C
  const std::string nobody_;
};

SaslServer::Exchange::Exchange(SaslMechanism mechanism, SaslAccounts accounts,
                               const SaslDecoys& decoys)
    : mechanism_(mechanism), accounts_(std::move(accounts)), decoys_(decoys) {
  // The other two have no cryptography in them, and libgsasl's PLAIN refuses passwords with
  // characters that are newer than Unicode 3.2.
  if (mechanism == SaslMechanism::cram_md5 || mechanism == SaslMechanism::scram_sha_256) {
    start_library();
  }
}

void SaslServer::Exchange::start_library() {
  Gsasl* library = nullptr;
  int code = gsasl_init(&library);
  if (code != GSASL_OK) fail(code);
  library_.reset(library);
  gsasl_callback_set(library, [](Gsasl*, Gsasl_session* session, Gsasl_property property) {
    return static_cast<Exchange*>(gsasl_session_hook_get(session))->on_property(property);
  });
  Gsasl_session* session = nullptr;
  code = gsasl_server_start(library, to_text(mechanism_).data(), &session);
  if (code != GSASL_OK) fail(code);
  session_.reset(session);
  gsasl_session_hook_set(session, this);
}

StepResult SaslServer::Exchange::step(std::optional<std::string_view> message) {
  const bool first = !std::exchange(begun_, true);
  if (over_) return failure(SaslError::malformed);
  over_ = true;  // should it throw
  StepResult result = answer(message, first);
  done_ = result && result->done;
  over_ = !result || done_;
  return result;
}

StepResult SaslServer::Exchange::answer(std::optional<std::string_view> message, bool first) {
  if (!message) {
    if (!first) return failure(SaslError::malformed);
    switch (mechanism_) {
      case SaslMechanism::login:
        return SaslStep{false, std::string(ask_user)};
      case SaslMechanism::cram_md5:
        return ask_library({});
      default:
        return SaslStep{};
    }
  }
  const bool nul_is_text = mechanism_ != SaslMechanism::plain;
  if (message->size() > longest_message || !is_utf8(*message) ||
      (nul_is_text && message->find('\0') != std::string_view::npos)) {
    return failure(SaslError::malformed);
  }
  switch (mechanism_) {
    case SaslMechanism::plain:
      return plain(*message);
    case SaslMechanism::login:
      return login(std::string(*message));
    case SaslMechanism::cram_md5:
      // The server speaks first: there is no initial response (RFC 4422 §3). And libgsasl would
      // repeat its challenge for an empty message, and take a name that is empty.
      if (first || message->empty() || message->front() == ' ') {
        return failure(SaslError::malformed);
      }
      return ask_library(*message);
    case SaslMechanism::scram_sha_256:
      return scram(*message);
  }
  return failure(SaslError::malformed);
}

// RFC 4616 §2: message = [authzid] UTF8NUL authcid UTF8NUL passwd
StepResult SaslServer::Exchange::plain(std::string_view message) {
  const auto parts = split(message, '\0');
  if (parts.size() != 3 || parts[1].empty() || parts[2].empty()) {
    return failure(SaslError::malformed);
  }
  user_ = parts[1];
  StepResult result = check_password(parts[2]);
  const bool as_another = !parts[0].empty() && parts[0] != user_;
  if (result && as_another) return failure(SaslError::refused);
  return result;
}

StepResult SaslServer::Exchange::login(const std::string& message) {
  if (message.empty()) return failure(SaslError::malformed);
  if (!user_.empty()) return check_password(message);
  user_ = message;
  return SaslStep{false, std::string(ask_password)};
}

StepResult SaslServer::Exchange::check_password(const std::string& password) {
  const auto right = accounts_.check(user_, password);
  if (!right) return failure(SaslError::unavailable);
  if (!*right) return failure(SaslError::refused);
  return SaslStep{true, {}};
}

StepResult SaslServer::Exchange::scram(std::string_view message) {
  if (verified_) {
    if (!message.empty()) return failure(SaslError::malformed);
    return SaslStep{true, {}};
  }
  if (!asked_ && !is_client_first(message)) return failure(SaslError::malformed);
  return ask_library(message);
}

StepResult SaslServer::Exchange::ask_library(std::string_view message) {
  const std::string input(message);  // libgsasl likes a NUL behind it
  char* text = nullptr;
  std::size_t size = 0;
  const int code = gsasl_step(session_.get(), input.c_str(), input.size(), &text, &size);
  const LibraryText owner(text);
  if (thrown_) std::rethrow_exception(thrown_);
  if (store_failed_) return failure(SaslError::unavailable);
  switch (code) {
    case GSASL_NEEDS_MORE:
      return SaslStep{false, std::string(text, size)};
    case GSASL_OK: {
      StepResult result = accept();
      if (!result || size == 0) return result;
      verified_ = true;
      return SaslStep{false, std::string(text, size)};
    }
    case GSASL_MECHANISM_PARSE_ERROR:
    case GSASL_BASE64_ERROR:
      return failure(SaslError::malformed);
    case GSASL_MALLOC_ERROR:
    case GSASL_CRYPTO_ERROR:
      fail(code);
    default:
      return failure(SaslError::refused);
  }
}

// The proof is right; is it somebody's?
StepResult SaslServer::Exchange::accept() {
  const char* authorization = gsasl_property_fast(session_.get(), GSASL_AUTHZID);
  const bool as_another =
      authorization != nullptr && *authorization != '\0' && user_ != authorization;
  if (!known_ || as_another) return failure(SaslError::refused);
  return SaslStep{true, {}};
}

int SaslServer::Exchange::on_property(Gsasl_property property) {
  const bool about_the_user = property == GSASL_PASSWORD || property == GSASL_SCRAM_ITER ||
                              property == GSASL_SCRAM_SALT || property == GSASL_SCRAM_STOREDKEY ||
                              property == GSASL_SCRAM_SERVERKEY;
  if (!about_the_user || asked_) return GSASL_NO_CALLBACK;
  asked_ = true;
  try {
    set_credential();
  } catch (...) {
    thrown_ = std::current_exception();
    return GSASL_AUTHENTICATION_ERROR;
  }
  return store_failed_ ? GSASL_AUTHENTICATION_ERROR : GSASL_OK;
}

void SaslServer::Exchange::set_credential() {
  const char* name = gsasl_property_fast(session_.get(), GSASL_AUTHID);
  user_ = name == nullptr ? "" : name;
  const auto found = accounts_.find(user_);
  store_failed_ = !found;
  if (store_failed_) return;

  if (mechanism_ == SaslMechanism::cram_md5) {
    known_ = *found && (*found)->secret;
    set(GSASL_PASSWORD, known_ ? *(*found)->secret : decoys_.secret(user_));
    return;
  }
  known_ = found->has_value();
  const db::PasswordHash hash = known_ ? (*found)->hash : decoys_.hash(user_);
  set(GSASL_SCRAM_ITER, std::to_string(hash.iterations));
  set(GSASL_SCRAM_SALT, as_base64(hash.salt));
  set(GSASL_SCRAM_STOREDKEY, as_base64(hash.stored_key));
  set(GSASL_SCRAM_SERVERKEY, as_base64(hash.server_key));
}

void SaslServer::Exchange::set(Gsasl_property property, const std::string& value) {
  const int code = gsasl_property_set(session_.get(), property, value.c_str());
  if (code != GSASL_OK) fail(code);
}

SaslServer::SaslServer(SaslMechanism mechanism, SaslAccounts accounts, const SaslDecoys& decoys)
    : exchange_(std::make_unique<Exchange>(mechanism, std::move(accounts), decoys)) {}
SaslServer::~SaslServer() = default;
SaslServer::SaslServer(SaslServer&&) noexcept = default;
SaslServer& SaslServer::operator=(SaslServer&&) noexcept = default;

StepResult SaslServer::step(std::optional<std::string_view> message) {
  return exchange_->step(message);
}

const std::string& SaslServer::user() const {
  return exchange_->user();
}

}  // namespace sandpost::net
