#include "net/sasl.hpp"

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/base64.hpp"
#include "base/text.hpp"

namespace sandpost::net {
namespace {

using namespace std::string_literals;

using Mechanism = SaslMechanism;
using Strings = std::vector<std::string>;

constexpr std::array all_mechanisms{Mechanism::plain, Mechanism::login, Mechanism::cram_md5,
                                    Mechanism::scram_sha_256};

std::string bytes_of(const db::Digest& digest) {
  return {digest.begin(), digest.end()};
}

// ---- The client's side, without libgsasl ----

// RFC 2195 §2: the user name, a space, and the keyed hash in lower-case hexadecimal.
std::string cram_md5_response(const std::string& user, const std::string& secret,
                              const std::string& challenge) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  HMAC(EVP_md5(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(challenge.data()), challenge.size(), mac.data(),
       &size);
  std::string text = user + ' ';
  for (unsigned i = 0; i < size; ++i) {
    text += "0123456789abcdef"[mac[i] >> 4U];
    text += "0123456789abcdef"[mac[i] & 15U];
  }
  return text;
}

// RFC 5802 §3 with SHA-256.
struct ScramClient {
  std::string user;
  std::string password;
  std::string nonce = "rOprNGfwEbeRWgbNEkqO";
  std::string header = "n,,";
  std::string server_first = {};

  [[nodiscard]] std::string bare() const { return "n=" + user + ",r=" + nonce; }
  [[nodiscard]] std::string first() const { return header + bare(); }

  // The value of an attribute of the server's first message.
  [[nodiscard]] std::string attribute(const std::string& name) const {
    for (const std::string& part : split(server_first, ',')) {
      if (part.starts_with(name + "=")) return part.substr(2);
    }
    return {};
  }
  [[nodiscard]] std::string without_proof() const {
    return "c=" + base64_encode(header) + ",r=" + attribute("r");
  }
  [[nodiscard]] std::string auth_message() const {
    return bare() + "," + server_first + "," + without_proof();
  }
  [[nodiscard]] db::Digest salted_password() const {
    const std::string salt = base64_decode(attribute("s")).value();
    db::Digest salted{};
    PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                      reinterpret_cast<const unsigned char*>(salt.data()),
                      static_cast<int>(salt.size()), std::stoi(attribute("i")), EVP_sha256(),
                      static_cast<int>(salted.size()), salted.data());
    return salted;
  }
  [[nodiscard]] std::string final() const {
    const db::Digest client_key = db::hmac_sha256(salted_password(), "Client Key");
    db::Digest proof = db::hmac_sha256(db::sha256(client_key), auth_message());
    for (std::size_t i = 0; i < proof.size(); ++i)
      proof[i] ^= client_key[i];
    return without_proof() + ",p=" + base64_encode(bytes_of(proof));
  }
  [[nodiscard]] std::string server_final() const {
    const db::Digest server_key = db::hmac_sha256(salted_password(), "Server Key");
    return "v=" + base64_encode(bytes_of(db::hmac_sha256(server_key, auth_message())));
  }
};

// ---- The server's accounts ----

struct Fixture {
  struct Account {
    std::string password;
    bool keeps_secret = true;
  };
  std::map<std::string, Account> accounts{
      {"test", {"1234"}},      {"tim", {"tanstaaftanstaaf"}},
      {"user", {"pencil"}},    {"hashed", {"pencil", false}},
      {"Kurt", {"xipj3plmq"}}, {"h\xC3\xA9l\xC3\xA8ne", {"s\xC3\xA9same"}},
      {"a,b=c", {"comma"}},    {"emoji", {"\xF0\x9F\x98\x80"}},
  };
  std::map<std::string, db::PasswordHash> hashes = {};
  SaslDecoys decoys = {};
  Strings found = {};    // the names that were looked up
  Strings checked = {};  // the names whose passwords were
  bool store_works = true;

  SaslServer start(Mechanism mechanism) {
    SaslAccounts lookup;
    lookup.find = [this](const std::string& user) { return find(user); };
    lookup.check = [this](const std::string& user, const std::string& password) {
      return check(user, password);
    };
    return {mechanism, std::move(lookup), decoys};
  }

  db::StoreResult<std::optional<Credential>> find(const std::string& user) {
    found.push_back(user);
    if (!store_works) return Failure<db::StoreError>({db::StoreErrorCode::busy, "busy"});
    const auto account = accounts.find(user);
    if (account == accounts.end()) return std::optional<Credential>();
    const auto& [password, keeps_secret] = account->second;
    if (!hashes.contains(user)) hashes[user] = db::PasswordHash::make(password);
    Credential credential;
    credential.hash = hashes[user];
    if (keeps_secret) credential.secret = password;
    return std::optional(credential);
  }

  db::StoreResult<bool> check(const std::string& user, const std::string& password) {
    checked.push_back(user);
    if (!store_works) return Failure<db::StoreError>({db::StoreErrorCode::busy, "busy"});
    const auto account = accounts.find(user);
    return account != accounts.end() && account->second.password == password;
  }
};

// Says all of it; returns the last step. An answer that comes too early is a failed test.
Result<SaslStep, SaslError> say(SaslServer& server, const Strings& messages) {
  Result<SaslStep, SaslError> result = SaslStep{};
  for (const std::string& message : messages) {
    REQUIRE(result);
    REQUIRE_FALSE(result->done);
    result = server.step(message);
  }
  return result;
}

// The error that ends it; REQUIREs one.
SaslError error_of(const Result<SaslStep, SaslError>& result) {
  REQUIRE_FALSE(result);
  return result.error();
}

std::string output_of(const Result<SaslStep, SaslError>& result) {
  REQUIRE(result);
  CHECK_FALSE(result->done);
  return result->output;
}

void check_done(const Result<SaslStep, SaslError>& result, const SaslServer& server,
                const std::string& user) {
  REQUIRE(result);
  CHECK(result->done);
  CHECK(result->output.empty());
  CHECK(server.user() == user);
}

Result<SaslStep, SaslError> cram_md5(SaslServer& server, const std::string& user,
                                     const std::string& secret) {
  const std::string challenge = output_of(server.step(std::nullopt));
  return server.step(cram_md5_response(user, secret, challenge));
}

// As far as the client's proof, or until the server has had enough.
Result<SaslStep, SaslError> scram(SaslServer& server, ScramClient& client) {
  auto result = server.step(client.first());
  if (!result) return result;
  client.server_first = output_of(result);
  return server.step(client.final());
}

void check_signed(const Result<SaslStep, SaslError>& result, const ScramClient& client) {
  CHECK(output_of(result) == client.server_final());
}

// ---- Names ----

TEST_CASE("sasl: SASLprep, by the examples of RFC 4013 §3") {
  CHECK(saslprep("I\xC2\xADX") == "IX");
  CHECK(saslprep("user") == "user");
  CHECK(saslprep("USER") == "USER");
  CHECK(saslprep("\xC2\xAA") == "a");
  CHECK(saslprep("\xE2\x85\xA8") == "IX");
}

TEST_CASE("sasl: what SASLprep does not allow is compared as it is") {
  for (const std::string& text :
       {std::string("\x07"), std::string("\xD8\xA7\x31"), std::string("\xC2\xAD"),
        std::string("\xE2\x85\xA8\0x", 5), std::string("\xE2\x85\xFF"), std::string()}) {
    CHECK(saslprep(text) == text);
  }
  // Newer than Unicode 3.2.
  CHECK(saslprep("\xF0\x9F\x93\xAE") == "\xF0\x9F\x93\xAE");
}

TEST_CASE("sasl: mechanisms are found by name, in any letter case") {
  for (const Mechanism mechanism : all_mechanisms) {
    CHECK(find_sasl_mechanism(to_text(mechanism)) == mechanism);
    CHECK(find_sasl_mechanism(to_lower(to_text(mechanism))) == mechanism);
  }
  CHECK(to_text(Mechanism::scram_sha_256) == "SCRAM-SHA-256");
  for (const char* other : {"", "PLAI", "PLAINS", "SCRAM-SHA-1", "SCRAM-SHA-256-PLUS", "GSSAPI",
                            "ANONYMOUS", "EXTERNAL", "DIGEST-MD5"}) {
    CAPTURE(other);
    CHECK_FALSE(find_sasl_mechanism(other));
  }
}

// ---- PLAIN ----

TEST_CASE("sasl: PLAIN with an initial response, as in RFC 4954 and RFC 5034") {
  Fixture fixture;
  SaslServer server = fixture.start(Mechanism::plain);
  CHECK(server.user().empty());
  check_done(server.step(base64_decode("dGVzdAB0ZXN0ADEyMzQ=").value()), server, "test");
}

TEST_CASE("sasl: PLAIN without an initial response gets an empty challenge first") {
  Fixture fixture;
  SaslServer server = fixture.start(Mechanism::plain);
  CHECK(output_of(server.step(std::nullopt)).empty());
  // RFC 4616 §4
  check_done(server.step("\0tim\0tanstaaftanstaaf"s), server, "tim");
}

TEST_CASE("sasl: PLAIN for another identity is refused, though the password is right") {
  Fixture fixture;
  SaslServer server = fixture.start(Mechanism::plain);
  CHECK(error_of(server.step("Ursel\0Kurt\0xipj3plmq"s)) == SaslError::refused);
  CHECK(server.user().empty());
}

TEST_CASE("sasl: PLAIN takes UTF-8 and characters of today") {
  Fixture fixture;
  const std::string name = "h\xC3\xA9l\xC3\xA8ne";
  SaslServer server = fixture.start(Mechanism::plain);
  check_done(server.step("\0"s + name + "\0s\xC3\xA9same"s), server, name);
  SaslServer emoji = fixture.start(Mechanism::plain);
  check_done(emoji.step("\0emoji\0\xF0\x9F\x98\x80"s), emoji, "emoji");
}

TEST_CASE("sasl: PLAIN that is not three parts is malformed") {
  Fixture fixture;
  for (const std::string& message :
       Strings{""s, "\0"s, "\0\0"s, "\0\0\0"s, "test"s, "test\0001234"s, "\0test"s, "\0test\0"s,
               "\0\0001234"s, "\0test\0001234\0"s, "\0test\00012\00034"s, "\0\0test\0001234"s,
               "\0t\xFFst\0001234"s, "\0test\0\xC3"s, "\xED\xA0\x80\0test\0001234"s}) {
    CAPTURE(visible(message));
    SaslServer server = fixture.start(Mechanism::plain);
    CHECK(error_of(server.step(message)) == SaslError::malformed);
  }
  CHECK(fixture.checked.empty());
}

TEST_CASE("sasl: an empty answer to PLAIN's empty challenge is malformed, not asked again") {
  Fixture fixture;
  SaslServer server = fixture.start(Mechanism::plain);
  CHECK(output_of(server.step(std::nullopt)).empty());
  CHECK(error_of(server.step("")) == SaslError::malformed);
}

// ---- LOGIN ----

TEST_CASE("sasl: LOGIN asks for the name, then for the password") {
  Fixture fixture;
  SaslServer server = fixture.start(Mechanism::login);
  CHECK(base64_encode(output_of(server.step(std::nullopt))) == "VXNlcm5hbWU6");
  CHECK(base64_encode(output_of(server.step("test"))) == "UGFzc3dvcmQ6");
  CHECK(server.user().empty());
  check_done(server.step("1234"), server, "test");
}

TEST_CASE("sasl: LOGIN takes the name as an initial response") {
  Fixture fixture;
  SaslServer server = fixture.start(Mechanism::login);
  CHECK(output_of(server.step("test")) == "Password:");
  check_done(server.step("1234"), server, "test");
}

TEST_CASE("sasl: LOGIN with an empty name, an empty password or a NUL is malformed") {
  Fixture fixture;
  for (const Strings& messages : std::vector<Strings>{
           {""s}, {"test"s, ""s}, {"te\0st"s}, {"test"s, "12\00034"s}, {"\xFF"s}}) {
    SaslServer server = fixture.start(Mechanism::login);
    CHECK(error_of(say(server, messages)) == SaslError::malformed);
  }
  CHECK(fixture.checked.empty());
}

// ---- CRAM-MD5 ----

TEST_CASE("sasl: the test's own CRAM-MD5 client answers as in RFC 2195") {
  CHECK(
      cram_md5_response("tim", "tanstaaftanstaaf", "<1896.697170952@postoffice.reston.mci.net>") ==
      "tim b913a602c7eda7a495b4e6e7334d3890");
}

TEST_CASE("sasl: CRAM-MD5 accepts who has the secret") {
  Fixture fixture;
  for (const std::string user : {"tim", "h\xC3\xA9l\xC3\xA8ne", "a,b=c"}) {
    CAPTURE(user);
    SaslServer server = fixture.start(Mechanism::cram_md5);
    check_done(cram_md5(server, user, fixture.accounts[user].password), server, user);
  }
}

TEST_CASE("sasl: CRAM-MD5 challenges look like a message-id and are never the same") {
  Fixture fixture;
  SaslServer one = fixture.start(Mechanism::cram_md5);
  SaslServer two = fixture.start(Mechanism::cram_md5);
  const std::string challenge = output_of(one.step(std::nullopt));
  CHECK(challenge.starts_with("<"));
  CHECK(challenge.ends_with(">"));
  CHECK(challenge.find('@') != std::string::npos);
  CHECK(challenge != output_of(two.step(std::nullopt)));
  // So that an answer is good for one challenge only.
  const std::string response = cram_md5_response("tim", "tanstaaftanstaaf", challenge);
  CHECK(error_of(two.step(response)) == SaslError::refused);
  check_done(one.step(response), one, "tim");
}

TEST_CASE("sasl: CRAM-MD5 refuses a wrong secret, an unknown name and an account without secret") {
  Fixture fixture;
  for (const auto& [user, secret] :
       std::map<std::string, std::string>{{"tim", "tanstaaf"},
                                          {"nobody", ""},
                                          {"nobody2", fixture.decoys.secret("nobody2")},
                                          {"hashed", "pencil"},
                                          {"hashed2", fixture.decoys.secret("hashed2")}}) {
    CAPTURE(user);
    SaslServer server = fixture.start(Mechanism::cram_md5);
    CHECK(error_of(cram_md5(server, user, secret)) == SaslError::refused);
    CHECK(server.user().empty());
  }
  CHECK(fixture.found.size() == 5);
}

TEST_CASE("sasl: CRAM-MD5 has no initial response") {
  Fixture fixture;
  for (const char* message : {"", "tim b913a602c7eda7a495b4e6e7334d3890"}) {
    SaslServer server = fixture.start(Mechanism::cram_md5);
    CHECK(error_of(server.step(message)) == SaslError::malformed);
  }
}

TEST_CASE("sasl: CRAM-MD5 answers that are none are malformed") {
  Fixture fixture;
  for (const std::string& message :
       {""s, " "s, "tim"s, "tim "s, "b913a602c7eda7a495b4e6e7334d3890"s,
        " b913a602c7eda7a495b4e6e7334d3890"s, "timb913a602c7eda7a495b4e6e7334d3890"s,
        "tim b913a602c7eda7a495b4e6e7334d389"s, "t\0m b913a602c7eda7a495b4e6e7334d3890"s,
        "t\xFFm b913a602c7eda7a495b4e6e7334d3890"s}) {
    CAPTURE(visible(message));
    SaslServer server = fixture.start(Mechanism::cram_md5);
    output_of(server.step(std::nullopt));
    CHECK(error_of(server.step(message)) == SaslError::malformed);
  }
  CHECK(fixture.found.empty());
}

// ---- SCRAM-SHA-256 ----

TEST_CASE("sasl: the test's own SCRAM client speaks as in RFC 7677") {
  ScramClient client{"user", "pencil"};
  CHECK(client.first() == "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
  client.server_first =
      "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
  CHECK(client.final() ==
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
        "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
  CHECK(client.server_final() == "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
}

TEST_CASE("sasl: SCRAM proves both sides, then the client's empty answer ends it") {
  Fixture fixture;
  for (const std::string user : {"user", "hashed", "h\xC3\xA9l\xC3\xA8ne"}) {
    CAPTURE(user);
    SaslServer server = fixture.start(Mechanism::scram_sha_256);
    ScramClient client{user, fixture.accounts[user].password};
    check_signed(scram(server, client), client);
    CHECK(client.attribute("i") == "4096");
    CHECK(client.attribute("s") == base64_encode(std::string(fixture.hashes[user].salt.begin(),
                                                             fixture.hashes[user].salt.end())));
    CHECK(client.attribute("r").starts_with(client.nonce));
    CHECK(client.attribute("r").size() >= client.nonce.size() + 18);
    CHECK(server.user().empty());
    check_done(server.step(""), server, user);
  }
}

TEST_CASE("sasl: SCRAM takes the account's own number of iterations") {
  Fixture fixture;
  fixture.hashes["user"] = db::PasswordHash::derive("pencil", db::PasswordHash::Salt{1, 2}, 5000);
  SaslServer server = fixture.start(Mechanism::scram_sha_256);
  ScramClient client{"user", "pencil"};
  check_signed(scram(server, client), client);
  CHECK(client.attribute("i") == "5000");
}

TEST_CASE("sasl: SCRAM without an initial response gets an empty challenge first") {
  Fixture fixture;
  SaslServer server = fixture.start(Mechanism::scram_sha_256);
  CHECK(output_of(server.step(std::nullopt)).empty());
  ScramClient client{"user", "pencil"};
  check_signed(scram(server, client), client);
  check_done(server.step(""), server, "user");
}

TEST_CASE("sasl: SCRAM reads commas and equals signs in names") {
  Fixture fixture;
  SaslServer server = fixture.start(Mechanism::scram_sha_256);
  ScramClient client{"a=2Cb=3Dc", "comma"};
  client.header = "n,a=a=2Cb=3Dc,";
  check_signed(scram(server, client), client);
  check_done(server.step(""), server, "a,b=c");
}

TEST_CASE("sasl: SCRAM for another identity is refused, though the proof is right") {
  Fixture fixture;
  SaslServer server = fixture.start(Mechanism::scram_sha_256);
  ScramClient client{"user", "pencil"};
  client.header = "n,a=test,";
  CHECK(error_of(scram(server, client)) == SaslError::refused);
  CHECK(server.user().empty());
}

TEST_CASE("sasl: SCRAM takes a client that sees no channel binding, and none that wants it") {
  Fixture fixture;
  ScramClient client{"user", "pencil"};
  client.header = "y,,";
  SaslServer server = fixture.start(Mechanism::scram_sha_256);
  check_signed(scram(server, client), client);
  for (const char* header : {"p=tls-unique,,", "p=tls-exporter,,", "p=,,", "p,,"}) {
    CAPTURE(header);
    client.header = header;
    SaslServer other = fixture.start(Mechanism::scram_sha_256);
    CHECK(error_of(scram(other, client)) == SaslError::malformed);
  }
}

TEST_CASE("sasl: SCRAM refuses a wrong password and an unknown name at the same step") {
  Fixture fixture;
  for (const std::string user : {"user", "nobody"}) {
    CAPTURE(user);
    SaslServer server = fixture.start(Mechanism::scram_sha_256);
    ScramClient client{user, "pen"};
    const std::string first = output_of(server.step(client.first()));
    client.server_first = first;
    CHECK(client.attribute("i") == "4096");
    CHECK(base64_decode(client.attribute("s")).value().size() == 16);
    CHECK(error_of(server.step(client.final())) == SaslError::refused);
    CHECK(server.user().empty());
  }
  CHECK(fixture.found == Strings{"user", "nobody"});
  CHECK(fixture.checked.empty());
}

TEST_CASE("sasl: SCRAM shows an unknown name the same salt each time, whatever its letter case") {
  Fixture fixture;
  const auto salt = [&](Fixture& of, const std::string& user) {
    SaslServer server = of.start(Mechanism::scram_sha_256);
    ScramClient client{user, ""};
    client.server_first = output_of(server.step(client.first()));
    return client.attribute("s");
  };
  CHECK(salt(fixture, "nobody") == salt(fixture, "nobody"));
  CHECK(salt(fixture, "nobody") == salt(fixture, "NoBody"));
  CHECK(salt(fixture, "nobody") != salt(fixture, "somebody"));
  Fixture another_server;
  CHECK(salt(fixture, "nobody") != salt(another_server, "nobody"));
}

TEST_CASE("sasl: SCRAM refuses who knows the made-up keys of an unknown name") {
  Fixture fixture;
  SaslServer server = fixture.start(Mechanism::scram_sha_256);
  // If the stored key were a password's, this proof would be right.
  ScramClient client{"nobody", "x"};
  client.server_first = output_of(server.step(client.first()));
  const db::PasswordHash decoy = fixture.decoys.hash("nobody");
  CHECK(client.attribute("s") == base64_encode(std::string(decoy.salt.begin(), decoy.salt.end())));
  CHECK_FALSE(decoy.matches("x"));
  CHECK(decoy.stored_key != decoy.server_key);
  CHECK_FALSE(std::equal(decoy.salt.begin(), decoy.salt.end(), decoy.stored_key.begin()));
  const std::string signature = bytes_of(db::hmac_sha256(decoy.stored_key, client.auth_message()));
  CHECK(error_of(server.step(client.without_proof() + ",p=" + base64_encode(signature))) ==
        SaslError::refused);
}

TEST_CASE("sasl: SCRAM proofs are good for one exchange only") {
  Fixture fixture;
  ScramClient client{"user", "pencil"};
  SaslServer one = fixture.start(Mechanism::scram_sha_256);
  SaslServer two = fixture.start(Mechanism::scram_sha_256);
  const std::string first = output_of(one.step(client.first()));
  CHECK(first != output_of(two.step(client.first())));
  client.server_first = first;
  const std::string proof = client.final();
  CHECK(error_of(two.step(proof)) == SaslError::refused);
  CHECK(output_of(one.step(proof)) == client.server_final());
}

TEST_CASE("sasl: a first message that is not SCRAM's is malformed") {
  Fixture fixture;
  for (const std::string& message : {""s,
                                     ","s,
                                     ",,"s,
                                     "n"s,
                                     "n,"s,
                                     "n,,"s,
                                     "n,,n=user"s,
                                     "n,,n=user,"s,
                                     "n,,n=user,r="s,
                                     "n,,n=,r=abcdefgh"s,
                                     "n,,r=abcdefgh,n=user"s,
                                     "n,,m=x,n=user,r=abcdefgh"s,
                                     "x,,n=user,r=abcdefgh"s,
                                     "n,user,n=user,r=abcdefgh"s,
                                     "n=user,r=abcdefgh"s,
                                     "n,,n=us=er,r=abcdefgh"s,
                                     "n,,n=us=2cer,r=abcdefgh"s,
                                     "n,,n=user=,r=abcdefgh"s,
                                     "n,a=us=er,n=user,r=abcdefgh"s,
                                     "n,,n=us\0er,r=abcdefgh"s,
                                     "n,,n=\xFF,r=abcdefgh"s,
                                     "n,,n=\xC2\xAD,r=abcdefgh"s,
                                     "n,,n=us\x07=2C,r=abcdefgh"s,
                                     "\0\0\0\0\0\0\0\0\0\0\0\0"s}) {
    CAPTURE(visible(message));
    SaslServer server = fixture.start(Mechanism::scram_sha_256);
    CHECK(error_of(server.step(message)) == SaslError::malformed);
  }
  CHECK(fixture.found.empty());
}

TEST_CASE("sasl: a second message that does not belong to SCRAM's first is not accepted") {
  Fixture fixture;
  const auto answer = [&](auto change) {
    SaslServer server = fixture.start(Mechanism::scram_sha_256);
    ScramClient client{"user", "pencil"};
    client.server_first = output_of(server.step(client.first()));
    std::string message = client.final();
    change(message);
    CAPTURE(message);
    return error_of(server.step(message));
  };
  const auto proof_at = [](const std::string& message) { return message.find(",p=") + 3; };
  CHECK(answer([](std::string& m) { m.clear(); }) == SaslError::malformed);
  CHECK(answer([](std::string& m) { m = "====================="; }) == SaslError::malformed);
  CHECK(answer([&](std::string& m) { m.resize(proof_at(m)); }) == SaslError::malformed);
  CHECK(answer([&](std::string& m) { m.resize(proof_at(m) - 3); }) == SaslError::malformed);
  CHECK(answer([&](std::string& m) { m.replace(proof_at(m), 44, "AAAA"); }) ==
        SaslError::malformed);
  CHECK(answer([&](std::string& m) { m.replace(proof_at(m), 4, "****"); }) == SaslError::malformed);
  CHECK(answer([](std::string& m) { m += '\0'; }) == SaslError::malformed);
  CHECK(answer([](std::string& m) { m.replace(0, 6, "c=eSws"); }) == SaslError::refused);
  CHECK(answer([](std::string& m) { m.replace(m.find("r=r"), 3, "r=q"); }) == SaslError::refused);
  CHECK(answer([&](std::string& m) { m[proof_at(m)] = m[proof_at(m)] == 'A' ? 'B' : 'A'; }) ==
        SaslError::refused);
  // An unknown extension is signed like the rest; this one was not.
  CHECK(answer([&](std::string& m) { m.insert(proof_at(m) - 3, ",x=y"); }) == SaslError::refused);
}

TEST_CASE("sasl: SCRAM's last answer must be empty") {
  Fixture fixture;
  SaslServer server = fixture.start(Mechanism::scram_sha_256);
  ScramClient client{"user", "pencil"};
  output_of(scram(server, client));
  CHECK(error_of(server.step("x")) == SaslError::malformed);
  CHECK(server.user().empty());
}

// ---- All of them ----

TEST_CASE("sasl: wrong password and unknown user are one error, and ask the same") {
  Fixture fixture;
  for (const std::string user : {"test", "nobody"}) {
    CAPTURE(user);
    SaslServer plain = fixture.start(Mechanism::plain);
    CHECK(error_of(plain.step("\0"s + user + "\0wrong"s)) == SaslError::refused);
    CHECK(plain.user().empty());
    SaslServer login = fixture.start(Mechanism::login);
    CHECK(error_of(say(login, {user, "wrong"})) == SaslError::refused);
    CHECK(login.user().empty());
  }
  CHECK(fixture.checked == Strings{"test", "test", "nobody", "nobody"});
  CHECK(fixture.found.empty());
}

TEST_CASE("sasl: when the store cannot say, the login is unavailable, not wrong") {
  Fixture fixture;
  fixture.store_works = false;
  SaslServer plain = fixture.start(Mechanism::plain);
  CHECK(error_of(plain.step("\0test\0001234"s)) == SaslError::unavailable);
  SaslServer login = fixture.start(Mechanism::login);
  CHECK(error_of(say(login, {"test", "1234"})) == SaslError::unavailable);
  SaslServer cram = fixture.start(Mechanism::cram_md5);
  CHECK(error_of(cram_md5(cram, "test", "1234")) == SaslError::unavailable);
  SaslServer server = fixture.start(Mechanism::scram_sha_256);
  ScramClient client{"user", "pencil"};
  CHECK(error_of(scram(server, client)) == SaslError::unavailable);
  CHECK(fixture.found == Strings{"test", "user"});  // asked once each
}

TEST_CASE("sasl: what the lookup throws comes out, and ends the attempt") {
  SaslDecoys decoys;
  SaslAccounts accounts;
  accounts.find = [](const std::string&) -> db::StoreResult<std::optional<Credential>> {
    throw std::runtime_error("find");
  };
  accounts.check = [](const std::string&, const std::string&) -> db::StoreResult<bool> {
    throw std::runtime_error("check");
  };
  SaslServer scram_server(Mechanism::scram_sha_256, accounts, decoys);
  CHECK_THROWS_WITH(static_cast<void>(scram_server.step("n,,n=user,r=abcdefgh")), "find");
  CHECK(error_of(scram_server.step("n,,n=user,r=abcdefgh")) == SaslError::malformed);
  SaslServer plain(Mechanism::plain, accounts, decoys);
  CHECK_THROWS_WITH(static_cast<void>(plain.step("\0a\0b"s)), "check");
  CHECK(error_of(plain.step("\0a\0b"s)) == SaslError::malformed);
}

TEST_CASE("sasl: nothing more is taken after the end, good or bad") {
  Fixture fixture;
  SaslServer good = fixture.start(Mechanism::plain);
  check_done(good.step("\0test\0001234"s), good, "test");
  CHECK(error_of(good.step("\0user\0pencil"s)) == SaslError::malformed);
  CHECK(good.user() == "test");
  for (const Mechanism mechanism : all_mechanisms) {
    SaslServer bad = fixture.start(mechanism);
    CHECK(error_of(bad.step("\xFF")) == SaslError::malformed);
    CHECK(error_of(bad.step(std::nullopt)) == SaslError::malformed);
    CHECK(error_of(bad.step("\0test\0001234"s)) == SaslError::malformed);
    CHECK(bad.user().empty());
  }
}

TEST_CASE("sasl: no message in the middle is malformed") {
  Fixture fixture;
  for (const Mechanism mechanism : all_mechanisms) {
    SaslServer server = fixture.start(mechanism);
    output_of(server.step(std::nullopt));
    CHECK(error_of(server.step(std::nullopt)) == SaslError::malformed);
  }
}

TEST_CASE("sasl: a server can be moved in the middle of an exchange") {
  Fixture fixture;
  ScramClient client{"user", "pencil"};
  SaslServer first = fixture.start(Mechanism::scram_sha_256);
  output_of(first.step(std::nullopt));
  auto moved = std::make_unique<SaslServer>(std::move(first));
  check_signed(scram(*moved, client), client);
  SaslServer last = fixture.start(Mechanism::plain);
  last = std::move(*moved);
  moved.reset();
  check_done(last.step(""), last, "user");
}

TEST_CASE("sasl: messages are limited to what names and passwords can need") {
  Fixture fixture;
  const std::string name(255, 'u');
  const std::string password(255, 'p');
  fixture.accounts[name] = {password};
  SaslServer server = fixture.start(Mechanism::plain);
  check_done(server.step(name + "\0"s + name + "\0"s + password), server, name);
  for (const Mechanism mechanism : all_mechanisms) {
    for (const char* filling : {"x", "\0", "\xC2\xAD", "\xEF\xB7\xBA", "=", ","}) {
      std::string message = "n,,n=";
      while (message.size() < 10'240)
        message += *filling == '\0' ? "\0"s : std::string(filling);
      message += ",r=abcdefgh";
      SaslServer other = fixture.start(mechanism);
      if (mechanism == Mechanism::cram_md5) output_of(other.step(std::nullopt));
      CHECK(error_of(other.step(message)) == SaslError::malformed);
    }
  }
  CHECK(fixture.found.empty());
}

// Whole exchanges with a few octets changed somewhere: an error, or another question, never a
// success, and never a crash or a leak.
TEST_CASE("sasl: garbage at every step is refused") {
  Fixture fixture;
  std::minstd_rand random(20'010'321);
  const auto below = [&](std::size_t limit) { return random() % limit; };
  const std::string spice = "\0,=\xFF\xC3\xA9npracivsm yAZ09+/\r\n\x7F"s;
  const auto spoil = [&](std::string message) {
    for (auto times = 1 + below(3); times > 0; --times) {
      const std::size_t at = below(message.size() + 1);
      const std::string letter(1, spice[below(spice.size())]);
      switch (below(4)) {
        case 0:
          message.insert(at, letter);
          break;
        case 1:
          message.resize(at);
          break;
        case 2:
          if (at < message.size()) message.erase(at, 1);
          break;
        default:
          if (at < message.size()) message[at] = static_cast<char>(random() >> 8U);
      }
    }
    return message;
  };
  std::array<int, 3> errors{};
  for (int round = 0; round < 8000; ++round) {
    const Mechanism mechanism = all_mechanisms[below(all_mechanisms.size())];
    SaslServer server = fixture.start(mechanism);
    // Nobody has this password, so that no change can make a message right.
    ScramClient client{"nobody", "nothing"};
    auto result = mechanism == Mechanism::cram_md5 || below(2) == 0
                      ? server.step(std::nullopt)
                      : Result<SaslStep, SaslError>(SaslStep{});
    for (int step = 0; step < 4 && result; ++step) {
      REQUIRE_FALSE(result->done);
      std::string message = "\0nobody\0nothing"s;
      if (mechanism == Mechanism::login) message = "nobody";
      if (mechanism == Mechanism::cram_md5) {
        message = cram_md5_response("nobody", "nothing", result->output);
      }
      if (mechanism == Mechanism::scram_sha_256) {
        const bool answered = result->output.starts_with("r=");
        client.server_first = "r=x,s=AAAA,i=1";
        message = answered ? client.without_proof() + ",p=" + base64_encode(std::string(32, 'p'))
                           : client.first();
      }
      if (below(8) == 0) message.assign(below(40), static_cast<char>(random() >> 8U));
      result = server.step(below(3) == 0 ? message : spoil(message));
    }
    REQUIRE_FALSE(result);
    CHECK(server.user().empty());
    ++errors[static_cast<std::size_t>(result.error())];
  }
  CHECK(errors[static_cast<std::size_t>(SaslError::malformed)] > 100);
  CHECK(errors[static_cast<std::size_t>(SaslError::refused)] > 100);
  CHECK(errors[static_cast<std::size_t>(SaslError::unavailable)] == 0);
}

}  // namespace
}  // namespace sandpost::net
