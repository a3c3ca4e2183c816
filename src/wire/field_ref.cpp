#include "wire/field_ref.hpp"

namespace sandpost::wire {
namespace {

struct ToValue {
  Value operator()(bool flag) const { return flag; }
  Value operator()(std::int64_t number) const { return number; }
  Value operator()(std::string_view text) const { return std::string(text); }
};

}  // namespace

std::vector<Field> to_fields(std::initializer_list<FieldRef> fields) {
  std::vector<Field> out;
  out.reserve(fields.size());
  for (const FieldRef& field : fields)
    out.push_back({field.name, std::visit(ToValue{}, field.value)});
  return out;
}

}  // namespace sandpost::wire
