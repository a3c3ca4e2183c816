#include "net/tls.hpp"

#include <doctest/doctest.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <asio/ssl/context.hpp>
#include <functional>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

#include "tests/support/temporary_folder.hpp"

namespace sandpost::net {
namespace {

using db::TemporaryFolder;

struct Free {
  void operator()(BIGNUM* number) const { BN_free(number); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(SSL* handshake) const { SSL_free(handshake); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(X509* certificate) const { X509_free(certificate); }
};
template <class T>
using Owner = std::unique_ptr<T, Free>;

TlsSettings automatic() {
  TlsSettings settings;
  settings.server_name = "mail.ntut.edu.tw";
  settings.domain = "ntut.edu.tw";
  return settings;
}

TlsSettings files(const std::string& certificate, const std::string& key) {
  TlsSettings settings = automatic();
  settings.mode = TlsSettings::Mode::files;
  settings.certificate_file = certificate;
  settings.key_file = key;
  return settings;
}

std::set<std::string> dns_names(const X509* certificate) {
  std::set<std::string> found;
  auto* names = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    int type = 0;
    const void* value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, i), &type);
    if (type != GEN_DNS) continue;
    const auto* text = static_cast<const ASN1_STRING*>(value);
    found.emplace(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                  static_cast<std::size_t>(ASN1_STRING_length(text)));
  }
  GENERAL_NAMES_free(names);
  return found;
}

X509* certificate_of(TlsContext& tls) {
  return SSL_CTX_get0_certificate(tls.get().native_handle());
}

// ---- Handshakes in memory ----

using ClientSetup = std::function<void(SSL_CTX*)>;

// A client that trusts `trusted` and nothing else.
Owner<SSL_CTX> client_context(X509* trusted) {
  Owner<SSL_CTX> context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  REQUIRE(X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), trusted) == 1);
  return context;
}

void at_most(SSL_CTX* context, int version) {
  SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context, version);
  // Else it is OpenSSL's own security level that keeps TLS 1.1 from being spoken.
  SSL_CTX_set_security_level(context, 0);
}

class Connection {
 public:
  Connection(TlsContext& tls, SSL_CTX* client_context)
      : server_(SSL_new(tls.get().native_handle())), client_(SSL_new(client_context)) {
    BIO* near = nullptr;
    BIO* far = nullptr;
    REQUIRE(BIO_new_bio_pair(&near, 0, &far, 0) == 1);
    SSL_set_bio(server_.get(), near, near);
    SSL_set_bio(client_.get(), far, far);
    SSL_set_accept_state(server_.get());
    SSL_set_connect_state(client_.get());
    SSL_set_security_level(server_.get(), 0);
  }

  // Both sides in turns; true if both have finished.
  bool shake_hands() {
    for (int turn = 0; turn < 20; ++turn) {
      const bool client = step(client_.get());
      const bool server = step(server_.get());
      if (client && server) return true;
    }
    return false;
  }

  // Carries a text from the client to the server and back.
  std::string echo(const std::string& text) {
    std::string got(text.size(), '\0');
    pass(client_.get(), server_.get(), text, got);
    std::string back(got.size(), '\0');
    pass(server_.get(), client_.get(), got, back);
    return back;
  }

  [[nodiscard]] SSL* server() const { return server_.get(); }
  [[nodiscard]] SSL* client() const { return client_.get(); }

 private:
  static bool step(SSL* side) {
    ERR_clear_error();
    return SSL_do_handshake(side) == 1;
  }
  static void pass(SSL* from, SSL* to, const std::string& text, std::string& got) {
    CHECK(SSL_write(from, text.data(), static_cast<int>(text.size())) > 0);
    CHECK(SSL_read(to, got.data(), static_cast<int>(got.size())) > 0);
  }

  Owner<SSL> server_;
  Owner<SSL> client_;
};

TEST_CASE("tls: a client that trusts the certificate reaches localhost and 127.0.0.1, encrypted") {
  TlsContext tls(automatic());
  const auto context = client_context(certificate_of(tls));
  for (const char* host : {"localhost", "ntut.edu.tw", "mail.ntut.edu.tw"}) {
    CAPTURE(host);
    Connection connection(tls, context.get());
    REQUIRE(SSL_set1_host(connection.client(), host) == 1);
    CHECK(connection.shake_hands());
    CHECK(SSL_get_verify_result(connection.client()) == X509_V_OK);
    CHECK(connection.echo("EHLO localhost\r\n") == "EHLO localhost\r\n");
  }
  for (const char* address : {"127.0.0.1", "::1"}) {
    CAPTURE(address);
    Connection connection(tls, context.get());
    REQUIRE(X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection.client()), address) == 1);
    CHECK(connection.shake_hands());
  }
}

TEST_CASE("tls: the certificate is for no other name, and trusted by who trusts it only") {
  TlsContext tls(automatic());
  const auto context = client_context(certificate_of(tls));
  Connection elsewhere(tls, context.get());
  REQUIRE(SSL_set1_host(elsewhere.client(), "example.com") == 1);
  CHECK_FALSE(elsewhere.shake_hands());
  CHECK(SSL_get_verify_result(elsewhere.client()) == X509_V_ERR_HOSTNAME_MISMATCH);
  Connection away(tls, context.get());
  REQUIRE(X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(away.client()), "127.0.0.2") == 1);
  CHECK_FALSE(away.shake_hands());

  TlsContext other(automatic());
  const auto stranger = client_context(certificate_of(other));
  Connection untrusted(tls, stranger.get());
  CHECK_FALSE(untrusted.shake_hands());
}

TEST_CASE("tls: 1.2 and 1.3 are spoken, 1.1 and 1.0 are not") {
  TlsContext tls(automatic());
  const auto context = client_context(certificate_of(tls));
  for (const auto& [version, name] :
       {std::pair{TLS1_3_VERSION, "TLSv1.3"}, std::pair{TLS1_2_VERSION, "TLSv1.2"}}) {
    CAPTURE(name);
    at_most(context.get(), version);
    Connection connection(tls, context.get());
    CHECK(connection.shake_hands());
    CHECK(describe(connection.server()).version == name);
  }
  for (const int version : {TLS1_1_VERSION, TLS1_VERSION}) {
    CAPTURE(version);
    at_most(context.get(), version);
    Connection connection(tls, context.get());
    CHECK_FALSE(connection.shake_hands());
  }
}

TEST_CASE("tls: a finished handshake is described by version and cipher, as both sides see it") {
  TlsContext tls(automatic());
  const auto context = client_context(certificate_of(tls));
  SSL_CTX_set_ciphersuites(context.get(), "TLS_CHACHA20_POLY1305_SHA256");
  Connection connection(tls, context.get());
  REQUIRE(connection.shake_hands());
  CHECK(describe(connection.server()).version == "TLSv1.3");
  CHECK(describe(connection.server()).cipher == "TLS_CHACHA20_POLY1305_SHA256");
  CHECK(describe(connection.client()).cipher == "TLS_CHACHA20_POLY1305_SHA256");

  at_most(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context.get(), "ECDHE-ECDSA-AES128-GCM-SHA256");
  Connection older(tls, context.get());
  REQUIRE(older.shake_hands());
  CHECK(describe(older.server()).version == "TLSv1.2");
  CHECK(describe(older.server()).cipher == "ECDHE-ECDSA-AES128-GCM-SHA256");
}

TEST_CASE("tls: the server gives out no tickets, and resumes nothing") {
  TlsContext tls(automatic());
  const auto context = client_context(certificate_of(tls));
  for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
    CAPTURE(version);
    at_most(context.get(), version);
    Connection connection(tls, context.get());
    REQUIRE(connection.shake_hands());
    CHECK(connection.echo("NOOP\r\n") == "NOOP\r\n");
    CHECK(SSL_SESSION_is_resumable(SSL_get0_session(connection.client())) == 0);
    Connection again(tls, context.get());
    SSL_set_session(again.client(), SSL_get0_session(connection.client()));
    REQUIRE(again.shake_hands());
    CHECK(SSL_session_reused(again.client()) == 0);
  }
}

TEST_CASE("tls: a client that asks for renegotiation or compression does not get it") {
  TlsContext tls(automatic());
  const auto context = client_context(certificate_of(tls));
  at_most(context.get(), TLS1_2_VERSION);
  SSL_CTX_clear_options(context.get(), SSL_OP_NO_COMPRESSION);
  // OpenSSL has its own ways of refusing both, which are not to be relied on.
  const auto options = SSL_CTX_get_options(tls.get().native_handle());
  CHECK((options & SSL_OP_NO_RENEGOTIATION) != 0);
  CHECK((options & SSL_OP_NO_COMPRESSION) != 0);
  Connection connection(tls, context.get());
  REQUIRE(connection.shake_hands());
  CHECK(SSL_get_current_compression(connection.server()) == nullptr);
  REQUIRE(SSL_renegotiate(connection.client()) == 1);
  CHECK(SSL_do_handshake(connection.client()) == -1);  // has sent its hello
  char octet = 0;
  CHECK(SSL_read(connection.server(), &octet, 1) == -1);  // answers with an alert
  CHECK(SSL_do_handshake(connection.client()) == -1);
  CHECK(SSL_get_error(connection.client(), -1) == SSL_ERROR_SSL);
}

TEST_CASE("tls: bytes that are no TLS end the handshake with an error") {
  TlsContext tls(automatic());
  const auto context = client_context(certificate_of(tls));
  for (const std::string& text :
       {std::string("EHLO localhost\r\nMAIL FROM:<a@b>\r\n"), std::string(100, '\0'),
        std::string(100, '\xFF'), std::string("\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", 10)}) {
    Connection connection(tls, context.get());
    REQUIRE(BIO_write(SSL_get_wbio(connection.client()), text.data(),
                      static_cast<int>(text.size())) == static_cast<int>(text.size()));
    CHECK(SSL_do_handshake(connection.server()) == -1);
    CHECK(SSL_get_error(connection.server(), -1) == SSL_ERROR_SSL);
  }
}

// ---- The certificate of its own making ----

TEST_CASE("tls: the certificate is made at the first get, once, and not by check") {
  TlsContext tls(automatic());
  tls.check();
  CHECK_FALSE(tls.made());
  const asio::ssl::context* first = &tls.get();
  const X509* certificate = certificate_of(tls);
  CHECK(tls.made());
  tls.check();
  CHECK(&tls.get() == first);
  CHECK(certificate_of(tls) == certificate);
}

TEST_CASE("tls: the certificate has a P-256 key, SHA-256, and says that it is a server's") {
  TlsContext tls(automatic());
  X509* certificate = certificate_of(tls);
  CHECK(X509_get_version(certificate) == X509_VERSION_3);
  char group[80] = {};
  REQUIRE(EVP_PKEY_get_group_name(X509_get0_pubkey(certificate), group, sizeof group, nullptr) ==
          1);
  CHECK(std::string(group) == "prime256v1");
  CHECK(X509_get_signature_nid(certificate) == NID_ecdsa_with_SHA256);
  CHECK(X509_verify(certificate, X509_get0_pubkey(certificate)) == 1);
  CHECK(X509_check_purpose(certificate, X509_PURPOSE_SSL_SERVER, 0) == 1);
  CHECK(X509_check_purpose(certificate, X509_PURPOSE_SSL_CLIENT, 0) == 0);
  CHECK(X509_check_ca(certificate) == 0);
  CHECK((X509_get_extension_flags(certificate) & EXFLAG_BCONS) != 0);
  CHECK(X509_get_extended_key_usage(certificate) == XKU_SSL_SERVER);
  CHECK(X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0);
  char name[80] = {};
  REQUIRE(X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name,
                                    sizeof name) > 0);
  CHECK(std::string(name) == "mail.ntut.edu.tw");
}

TEST_CASE("tls: the certificate is valid from yesterday for a year, by the real clock") {
  TlsContext tls(automatic());
  const X509* certificate = certificate_of(tls);
  int days = 0;
  int seconds = 0;
  REQUIRE(ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(certificate), nullptr) == 1);
  CHECK(days == 1);
  CHECK(seconds < 60);
  REQUIRE(ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate)) == 1);
  CHECK(days * 86'400 + seconds > 365 * 86'400 - 60);
  CHECK(days * 86'400 + seconds <= 365 * 86'400);
}

TEST_CASE("tls: no two certificates have the same serial number or key") {
  TlsContext one(automatic());
  TlsContext two(automatic());
  const X509* a = certificate_of(one);
  const X509* b = certificate_of(two);
  CHECK(ASN1_INTEGER_cmp(X509_get0_serialNumber(a), X509_get0_serialNumber(b)) != 0);
  CHECK(EVP_PKEY_eq(X509_get0_pubkey(a), X509_get0_pubkey(b)) == 0);
  const Owner<BIGNUM> serial(ASN1_INTEGER_to_BN(X509_get0_serialNumber(a), nullptr));
  CHECK(BN_is_negative(serial.get()) == 0);
  CHECK(BN_num_bits(serial.get()) > 64);
  CHECK(BN_num_bits(serial.get()) <= 159);
}

TEST_CASE("tls: names that do not fit into a certificate are left out of it") {
  TlsSettings settings;
  settings.domain = "\xE4\xBE\x8B\xE5\xAD\x90.tw";
  settings.server_name = std::string(63, 'a') + ".example.com";
  TlsContext tls(settings);
  X509* certificate = certificate_of(tls);
  CHECK(dns_names(certificate) == std::set<std::string>{"localhost", settings.server_name});
  CHECK(X509_check_host(certificate, settings.server_name.c_str(), 0, 0, nullptr) == 1);
  TlsContext nameless{TlsSettings{}};
  CHECK(dns_names(certificate_of(nameless)) == std::set<std::string>{"localhost"});
  CHECK(X509_check_ip_asc(certificate_of(nameless), "::1", 0) == 1);
}

TEST_CASE("tls: switched off there is no context") {
  TlsSettings settings;
  settings.mode = TlsSettings::Mode::off;
  TlsContext tls(settings);
  CHECK_FALSE(tls.enabled());
  tls.check();
  CHECK_THROWS_AS(static_cast<void>(tls.get()), std::runtime_error);
  CHECK_FALSE(tls.made());
  CHECK(TlsContext(automatic()).enabled());
}

// ---- Files ----

std::string pem_of(const std::function<int(BIO*)>& write) {
  const Owner<BIO> memory(BIO_new(BIO_s_mem()));
  REQUIRE(write(memory.get()) == 1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

// What a user would have in files.
struct Pair {
  explicit Pair(Owner<EVP_PKEY> key_, const char* name = "localhost")
      : key(std::move(key_)), certificate(X509_new()) {
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_NAME* subject = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), subject);
    X509_set_pubkey(certificate.get(), key.get());
    REQUIRE(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
  }

  [[nodiscard]] std::string certificate_pem() const {
    return pem_of([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate.get()); });
  }
  [[nodiscard]] std::string key_pem(const char* passphrase = nullptr) const {
    return pem_of([&](BIO* bio) {
      return PEM_write_bio_PKCS8PrivateKey(
          bio, key.get(), passphrase == nullptr ? nullptr : EVP_aes_128_cbc(), passphrase,
          passphrase == nullptr ? 0 : 6, nullptr, nullptr);
    });
  }
  [[nodiscard]] std::string old_locked_key_pem() const {
    return pem_of([&](BIO* bio) {
      return PEM_write_bio_PrivateKey_traditional(bio, key.get(), EVP_aes_128_cbc(),
                                                  reinterpret_cast<const unsigned char*>("secret"),
                                                  6, nullptr, nullptr);
    });
  }

  Owner<EVP_PKEY> key;
  Owner<X509> certificate;
};

Pair make_pair_of_files() {
  return Pair(Owner<EVP_PKEY>(EVP_EC_gen("P-256")));
}

// The error of check(), which must be one line.
std::string complaint(const TlsSettings& settings) {
  TlsContext tls(settings);
  try {
    tls.check();
  } catch (const std::runtime_error& error) {
    const std::string text = error.what();
    CHECK(text.find('\n') == std::string::npos);
    CHECK_FALSE(tls.made());
    CHECK_THROWS_WITH(static_cast<void>(tls.get()), text.c_str());
    return text;
  }
  FAIL("no error");
  return {};
}

TEST_CASE("tls: a certificate and a key in two files are checked at start and used") {
  TemporaryFolder folder;
  const Pair pair = make_pair_of_files();
  TemporaryFolder::write(folder.file("cert.pem"), pair.certificate_pem());
  TemporaryFolder::write(folder.file("key.pem"), pair.key_pem());
  TlsContext tls(files(folder.file("cert.pem"), folder.file("key.pem")));
  tls.check();
  CHECK(tls.made());
  // Read once: what happens to the files later does not matter.
  TemporaryFolder::write(folder.file("key.pem"), "");
  CHECK(X509_cmp(certificate_of(tls), pair.certificate.get()) == 0);
  const auto context = client_context(pair.certificate.get());
  Connection connection(tls, context.get());
  REQUIRE(SSL_set1_host(connection.client(), "localhost") == 1);
  CHECK(connection.shake_hands());
}

TEST_CASE("tls: one file may hold both, in either order, with further certificates") {
  TemporaryFolder folder;
  const Pair pair = make_pair_of_files();
  const Pair issuer(Owner<EVP_PKEY>(EVP_EC_gen("P-256")), "issuer");
  TemporaryFolder::write(folder.file("both.pem"), pair.key_pem() + pair.certificate_pem());
  TemporaryFolder::write(folder.file("chain.pem"), "A comment.\r\n" + pair.certificate_pem() +
                                                       issuer.certificate_pem() + pair.key_pem());
  TlsContext both(files(folder.file("both.pem"), folder.file("both.pem")));
  both.check();
  CHECK(X509_cmp(certificate_of(both), pair.certificate.get()) == 0);
  TlsContext chain(files(folder.file("chain.pem"), folder.file("chain.pem")));
  chain.check();
  CHECK(X509_cmp(certificate_of(chain), pair.certificate.get()) == 0);
  const auto context = client_context(pair.certificate.get());
  Connection connection(chain, context.get());
  REQUIRE(connection.shake_hands());
  CHECK(sk_X509_num(SSL_get_peer_cert_chain(connection.client())) == 2);
}

TEST_CASE("tls: a file that is missing or not readable is named, with the reason") {
  TemporaryFolder folder;
  const Pair pair = make_pair_of_files();
  const std::string certificate = folder.file("cert.pem");
  const std::string key = folder.file("key.pem");
  TemporaryFolder::write(certificate, pair.certificate_pem());
  CHECK(complaint(files(certificate, key))
            .starts_with("cannot read the key file " + key + ": No such file or directory; "));
  CHECK(complaint(files(key, certificate)).starts_with("cannot read the certificate file " + key));
  CHECK(
      complaint(files(folder.path(), key))
          .starts_with("cannot read the certificate file " + folder.path() + ": Is a directory; "));
  if (geteuid() == 0) return;  // whom nothing can be hidden from
  TemporaryFolder::write(key, pair.key_pem());
  REQUIRE(chmod(key.c_str(), 0) == 0);
  CHECK(complaint(files(certificate, key)).find("Permission denied") != std::string::npos);
}

TEST_CASE("tls: a file that is no PEM, or has something else in it, is refused") {
  TemporaryFolder folder;
  const Pair pair = make_pair_of_files();
  const std::string certificate = folder.file("cert.pem");
  const std::string key = folder.file("key.pem");
  const std::string other = folder.file("other");
  TemporaryFolder::write(certificate, pair.certificate_pem());
  TemporaryFolder::write(key, pair.key_pem());
  for (const std::string& text : {std::string(), std::string("hello\n"), std::string(1000, '\0'),
                                  std::string("-----BEGIN CERTIFICATE REQUEST-----\n")}) {
    TemporaryFolder::write(other, text);
    CHECK(complaint(files(other, key)).find("holds no certificate in PEM") != std::string::npos);
    CHECK(complaint(files(certificate, other)).find("holds no private key in PEM") !=
          std::string::npos);
  }
  CHECK(complaint(files(key, key)).find("holds no certificate in PEM") != std::string::npos);
  CHECK(complaint(files(certificate, certificate)).find("holds no private key in PEM") !=
        std::string::npos);

  TemporaryFolder::write(other,
                         "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
                         "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
  CHECK(complaint(files(other, key))
            .starts_with("the certificate file " + other + " cannot be used: "));
  CHECK(complaint(files(certificate, other))
            .starts_with("the key file " + other + " cannot be used: "));
  TemporaryFolder::write(other, pair.certificate_pem() + std::string(1U << 20U, '\n'));
  CHECK(complaint(files(other, key)).find("too big") != std::string::npos);
}

TEST_CASE("tls: a key that does not fit the certificate is refused, of the same kind or another") {
  TemporaryFolder folder;
  const Pair pair = make_pair_of_files();
  const std::string certificate = folder.file("cert.pem");
  const std::string key = folder.file("key.pem");
  TemporaryFolder::write(certificate, pair.certificate_pem());
  const std::string expected =
      "the key in " + key + " does not fit the certificate in " + certificate;
  TemporaryFolder::write(key, make_pair_of_files().key_pem());
  CHECK(complaint(files(certificate, key)).starts_with(expected));
  TemporaryFolder::write(key, Pair(Owner<EVP_PKEY>(EVP_RSA_gen(2048))).key_pem());
  CHECK(complaint(files(certificate, key)).starts_with(expected));
  TemporaryFolder::write(key, pair.key_pem());
  TlsContext right(files(certificate, key));
  right.check();
}

TEST_CASE("tls: a key with a passphrase is refused, nobody is asked for it") {
  TemporaryFolder folder;
  const Pair pair = make_pair_of_files();
  const std::string certificate = folder.file("cert.pem");
  const std::string key = folder.file("key.pem");
  TemporaryFolder::write(certificate, pair.certificate_pem());
  for (const std::string& pem : {pair.key_pem("secret"), pair.old_locked_key_pem()}) {
    TemporaryFolder::write(key, pem);
    CHECK(complaint(files(certificate, key))
              .starts_with("the key file " + key + " is locked with a passphrase: "));
  }
}

// ---- --tls ----

TEST_CASE("tls: the option's text chooses the mode and the files") {
  CHECK(parse_tls("auto").value().mode == TlsSettings::Mode::automatic);
  CHECK(parse_tls("off").value().mode == TlsSettings::Mode::off);
  const TlsSettings two = parse_tls("/etc/cert.pem,key.pem").value();
  CHECK(two.mode == TlsSettings::Mode::files);
  CHECK(two.certificate_file == "/etc/cert.pem");
  CHECK(two.key_file == "key.pem");
  const TlsSettings one = parse_tls("both.pem").value();
  CHECK(one.mode == TlsSettings::Mode::files);
  CHECK(one.certificate_file == "both.pem");
  CHECK(one.key_file == "both.pem");
  CHECK(parse_tls("./auto").value().mode == TlsSettings::Mode::files);
}

TEST_CASE("tls: a choice that does not exist was taken for the name of a file") {
  for (const char* text : {"maybe", "on", "Off", "auto "}) {
    CAPTURE(text);
    REQUIRE_FALSE(parse_tls(text));
  }
  CHECK(parse_tls("./maybe").value().certificate_file == "./maybe");
}

TEST_CASE("tls: an option's text with an empty name or too many is refused") {
  for (const char* text : {"", ",", "a,", ",a", "a,b,c", "a,,b", "auto,", ",off"}) {
    CAPTURE(text);
    const auto parsed = parse_tls(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().find("write auto, off, ") != std::string::npos);
  }
}

}  // namespace
}  // namespace sandpost::net
