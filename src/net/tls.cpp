#include "net/tls.hpp"

#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pemerr.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <asio/buffer.hpp>
#include <asio/error_code.hpp>
#include <asio/ssl/context.hpp>
#include <cerrno>
#include <cstdio>
#include <set>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace sandpost::net {
namespace {

constexpr std::size_t longest_file = 1U << 20U;
constexpr std::size_t longest_common_name = 64;  // RFC 5280 appendix A.1, ub-common-name
constexpr long one_day = 86'400;                 // seconds
constexpr int days_valid = 365;
constexpr int serial_bits = 127;  // at most 20 octets (RFC 5280 §4.1.2.2)

struct Free {
  void operator()(ASN1_IA5STRING* text) const { ASN1_STRING_free(text); }
  void operator()(BIGNUM* number) const { BN_free(number); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(GENERAL_NAME* name) const { GENERAL_NAME_free(name); }
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
  void operator()(std::FILE* file) const { std::fclose(file); }
};
template <class T>
using Owner = std::unique_ptr<T, Free>;

// Returns `made` if it is not null or 0, which is how OpenSSL says that it failed.
template <class T>
T require(T made, const char* what) {
  if (made) return made;
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  throw std::runtime_error(
      fmt::format("TLS cannot start: {}: {}", what, reason != nullptr ? reason : "unknown reason"));
}

template <class T>
Owner<T> own(T* made, const char* what) {
  return Owner<T>(require(made, what));
}

// ---- A certificate of our own making ----

// Letters, digits, hyphens, dots: what fits into a dNSName. Domains of SMTPUTF8 do not.
bool is_dns_name(std::string_view name) {
  return !name.empty() && name.find_first_not_of(
                              "abcdefghijklmnopqrstuvwxyz"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                              "0123456789-.") == std::string_view::npos;
}

void add(GENERAL_NAMES& names, int type, Owner<ASN1_STRING> value) {
  auto name = own(GENERAL_NAME_new(), "no memory");
  GENERAL_NAME_set0_value(name.get(), type, value.release());
  require(sk_GENERAL_NAME_push(&names, name.get()), "no memory");
  static_cast<void>(name.release());
}

// subjectAltName (RFC 5280 §4.2.1.6): how clients on this computer may call the server.
void add_names(X509& certificate, const TlsSettings& settings) {
  const auto names = own(GENERAL_NAMES_new(), "no memory");
  for (const std::string& name :
       std::set<std::string>{"localhost", settings.domain, settings.server_name}) {
    if (!is_dns_name(name)) continue;
    auto text = own(ASN1_IA5STRING_new(), "no memory");
    require(ASN1_STRING_set(text.get(), name.data(), static_cast<int>(name.size())), "no memory");
    add(*names, GEN_DNS, std::move(text));
  }
  for (const char* address : {"127.0.0.1", "::1"})
    add(*names, GEN_IPADD, own(a2i_IPADDRESS(address), "subjectAltName"));
  require(X509_add1_ext_i2d(&certificate, NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT),
          "subjectAltName");
}

void add_extension(X509& certificate, int kind, const char* value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, &certificate, &certificate, nullptr, nullptr, 0);
  const auto extension = own(X509V3_EXT_nconf_nid(nullptr, &context, kind, value), value);
  require(X509_add_ext(&certificate, extension.get(), -1), value);
}

void set_subject(X509& certificate, const TlsSettings& settings) {
  const bool fits =
      is_dns_name(settings.server_name) && settings.server_name.size() <= longest_common_name;
  const std::string name = fits ? settings.server_name : "localhost";
  X509_NAME* subject = X509_get_subject_name(&certificate);
  require(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                     reinterpret_cast<const unsigned char*>(name.data()),
                                     static_cast<int>(name.size()), -1, 0),
          "subject");
  require(X509_set_issuer_name(&certificate, subject), "issuer");
}

Owner<X509> make_certificate(EVP_PKEY& key, const TlsSettings& settings) {
  auto certificate = own(X509_new(), "no memory");
  require(X509_set_version(certificate.get(), X509_VERSION_3), "version");

  // So that no two that a client has seen are alike.
  const auto serial = own(BN_new(), "no memory");
  require(BN_rand(serial.get(), serial_bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY), "serial number");
  require(BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate.get())),
          "serial number");

  // By the computer's clock, whatever the sandbox's says: that is what clients compare with. From
  // yesterday on, in case theirs is a little behind.
  require(X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -one_day), "dates");
  require(X509_time_adj_ex(X509_getm_notAfter(certificate.get()), days_valid, 0, nullptr), "dates");

  set_subject(*certificate, settings);
  require(X509_set_pubkey(certificate.get(), &key), "public key");
  add_extension(*certificate, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(*certificate, NID_ext_key_usage, "serverAuth");
  add_extension(*certificate, NID_subject_key_identifier, "hash");
  add_names(*certificate, settings);
  require(X509_sign(certificate.get(), &key, EVP_sha256()), "signature");
  return certificate;
}

void use_own(SSL_CTX* context, const TlsSettings& settings) {
  const auto key = own(EVP_EC_gen("P-256"), "key");
  const auto certificate = make_certificate(*key, settings);
  require(SSL_CTX_use_certificate(context, certificate.get()), "certificate");
  require(SSL_CTX_use_PrivateKey(context, key.get()), "key");
}

// ---- Files ----

[[noreturn]] void refuse(const std::string& text) {
  ERR_clear_error();
  throw std::runtime_error(text);
}

std::string read_file(const std::string& path, const char* what) {
  std::string text(longest_file + 1, '\0');
  const Owner<std::FILE> file(std::fopen(path.c_str(), "rb"));
  const std::size_t size = file ? std::fread(text.data(), 1, text.size(), file.get()) : 0;
  if (!file || std::ferror(file.get()) != 0) {
    refuse(fmt::format(
        "cannot read the {} file {}: {}; write --tls CERTIFICATE,KEY with files that you can read, "
        "or --tls auto",
        what, visible(path), std::generic_category().message(errno)));
  }
  if (size > longest_file) {
    refuse(fmt::format("the {} file {} is no PEM file: it is too big; name one that is", what,
                       visible(path)));
  }
  text.resize(size);
  return text;
}

bool has_block(const std::string& pem, std::string_view end_of_name) {
  for (const std::string& line : split(pem, '\n')) {
    const std::string_view text = trim(std::string_view(line).substr(0, line.find('\r')));
    if (text.starts_with("-----BEGIN ") && text.ends_with(std::string(end_of_name) + "-----")) {
      return true;
    }
  }
  return false;
}

void use_certificate(asio::ssl::context& context, const std::string& path) {
  const std::string pem = read_file(path, "certificate");
  if (!has_block(pem, "CERTIFICATE")) {
    refuse(
        fmt::format("the certificate file {} holds no certificate in PEM: name one that begins "
                    "with -----BEGIN CERTIFICATE-----",
                    visible(path)));
  }
  asio::error_code error;
  context.use_certificate_chain(asio::buffer(pem), error);
  if (!error) return;
  refuse(
      fmt::format("the certificate file {} cannot be used: {}; make a new one, or write "
                  "--tls auto",
                  visible(path), error.message()));
}

void use_key(asio::ssl::context& context, const TlsSettings& settings) {
  const std::string& path = settings.key_file;
  std::string pem = read_file(path, "key");
  if (!has_block(pem, "PRIVATE KEY")) {
    refuse(
        fmt::format("the key file {} holds no private key in PEM: name one that begins with "
                    "-----BEGIN PRIVATE KEY-----, or write --tls CERTIFICATE,KEY",
                    visible(path)));
  }
  // PKCS #8, and the older form (RFC 1421 §4.6.1.1). OpenSSL would ask for it at the terminal.
  const bool locked = has_block(pem, "ENCRYPTED PRIVATE KEY") ||
                      pem.find("Proc-Type: 4,ENCRYPTED") != std::string::npos;
  if (locked) {
    refuse(
        fmt::format("the key file {} is locked with a passphrase: write the key without one "
                    "with openssl pkey -in {} -out FILE, and name that file",
                    visible(path), visible(path)));
  }
  asio::error_code error;
  context.use_private_key(asio::buffer(pem), asio::ssl::context::pem, error);
  OPENSSL_cleanse(pem.data(), pem.size());
  const bool misfit =
      ERR_GET_LIB(static_cast<unsigned long>(error.value())) == ERR_LIB_X509 &&
      ERR_GET_REASON(static_cast<unsigned long>(error.value())) == X509_R_KEY_VALUES_MISMATCH;
  if (misfit || (!error && SSL_CTX_check_private_key(context.native_handle()) != 1)) {
    refuse(
        fmt::format("the key in {} does not fit the certificate in {}: name the two that were "
                    "made together",
                    visible(path), visible(settings.certificate_file)));
  }
  if (!error) return;
  refuse(
      fmt::format("the key file {} cannot be used: {}; make a new one with its certificate, or "
                  "write --tls auto",
                  visible(path), error.message()));
}

// ---- Both ----

void configure(SSL_CTX* context) {
  // RFC 8996: no older ones.
  require(SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION), "TLS 1.2");
  require(SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION), "TLS 1.3");
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
  // Sessions are not resumed: nothing to keep in memory, and no keys that outlive a connection.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  require(SSL_CTX_set_num_tickets(context, 0), "tickets");
  // Thousands of idle connections should not hold 34 kB each.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
}

}  // namespace

Result<TlsSettings, std::string> parse_tls(std::string_view text) {
  TlsSettings settings;
  if (text == "auto") return settings;
  if (text == "off") {
    settings.mode = TlsSettings::Mode::off;
    return settings;
  }
  const auto files = split(text, ',');
  // A word alone is a choice that does not exist; a file of such a name is written ./word.
  const bool is_word = text.find_first_of("./,") == std::string_view::npos;
  if (is_word || files.size() > 2 || files.front().empty() || files.back().empty()) {
    return Failure<std::string>{fmt::format(
        "'{}' is not a choice: write auto, off, CERTIFICATE.pem,KEY.pem or BOTH.pem", text)};
  }
  settings.mode = TlsSettings::Mode::files;
  settings.certificate_file = files.front();
  settings.key_file = files.back();
  return settings;
}

TlsContext::TlsContext(TlsSettings settings) : settings_(std::move(settings)) {}

TlsContext::~TlsContext() = default;

void TlsContext::check() {
  if (settings_.mode == TlsSettings::Mode::files) static_cast<void>(get());
}

asio::ssl::context& TlsContext::get() {
  if (context_) return *context_;
  if (!enabled()) throw std::runtime_error("TLS is off");
  ERR_clear_error();
  auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  configure(context->native_handle());
  if (settings_.mode == TlsSettings::Mode::files) {
    use_certificate(*context, settings_.certificate_file);
    use_key(*context, settings_);
  } else {
    use_own(context->native_handle(), settings_);
  }
  context_ = std::move(context);
  return *context_;
}

TlsDetails describe(const ssl_st* handshake) {
  return {SSL_get_version(handshake), SSL_CIPHER_get_name(SSL_get_current_cipher(handshake))};
}

}  // namespace sandpost::net
