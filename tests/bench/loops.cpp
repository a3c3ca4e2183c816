// The engines' inner loops, timed by Google Benchmark: octets per second, commands per second, and
// the snapshot of a large maildrop as a store and as a session take it.

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "db/memory_store.hpp"
#include "db/sqlite/sqlite_store.hpp"
#include "pop3/command.hpp"
#include "tests/bench/plays.hpp"

namespace sandpost::bench {
namespace {

constexpr std::size_t large_maildrop = 100'000;

void count_octets(benchmark::State& state, std::size_t octets) {
  state.SetBytesProcessed(static_cast<std::int64_t>(octets) * state.iterations());
}

void smtp_engine(benchmark::State& state) {
  const std::string content = letter(static_cast<std::size_t>(state.range(0)));
  std::size_t octets = 0;
  for (auto _ : state)
    octets = smtp_messages(100, content);
  count_octets(state, octets);
  state.SetItemsProcessed(state.iterations() * 100);
}
BENCHMARK(smtp_engine)->Arg(1024)->Arg(8192)->Arg(65'536);

void pop3_engine(benchmark::State& state) {
  const std::string content = letter(static_cast<std::size_t>(state.range(0)));
  std::size_t octets = 0;
  for (auto _ : state)
    octets = pop3_retrievals(100, content);
  count_octets(state, octets);
  state.SetItemsProcessed(state.iterations() * 100);
}
BENCHMARK(pop3_engine)->Arg(1024)->Arg(8192)->Arg(65'536);

void smtp_command_lines(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(smtp_commands(100));
  state.SetItemsProcessed(state.iterations() * 300);
}
BENCHMARK(smtp_command_lines);

void pop3_command_lines(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(pop3_commands(100));
  state.SetItemsProcessed(state.iterations() * 300);
}
BENCHMARK(pop3_command_lines);

void pop3_split_command(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(pop3::split_command("TOP 12345 10", true));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(pop3_split_command);

// The argument: whether each line begins with a dot.
void dot_unstuffing(benchmark::State& state) {
  const std::string stuffed = letter(65'536, state.range(0) == 1) + ".\r\n";
  for (auto _ : state)
    benchmark::DoNotOptimize(unstuff(stuffed));
  count_octets(state, stuffed.size());
}
BENCHMARK(dot_unstuffing)->Arg(0)->Arg(1);

void dot_stuffing(benchmark::State& state) {
  const std::string content = letter(65'536, state.range(0) == 1);
  for (auto _ : state)
    benchmark::DoNotOptimize(stuff(content));
  count_octets(state, content.size());
}
BENCHMARK(dot_stuffing)->Arg(0)->Arg(1);

void session_with_large_maildrop(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(pop3_listing(large_maildrop));
}
BENCHMARK(session_with_large_maildrop)->Unit(benchmark::kMillisecond);

void fill(db::Store& store) {
  for (std::size_t done = 0; done < large_maildrop; done += 1000) {
    std::vector<db::Submission> batch(1000);
    for (db::Submission& submission : batch)
      submission.maildrops = {"box"};
    if (!store.commit(batch)) throw std::runtime_error("the maildrop could not be filled");
  }
}

void take_snapshots(benchmark::State& state, db::Store& store) {
  fill(store);
  for (auto _ : state) {
    const auto snapshot = store.snapshot("box", Time{std::chrono::milliseconds{1}});
    if (!snapshot || snapshot->size() != large_maildrop) state.SkipWithError("not all are there");
  }
}

void snapshot_memory_store(benchmark::State& state) {
  db::MemoryStore store(Time{});
  take_snapshots(state, store);
}
BENCHMARK(snapshot_memory_store)->Unit(benchmark::kMillisecond);

void snapshot_sqlite_store(benchmark::State& state) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("sandpost-loops-" + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  {
    const auto store = db::open_sqlite_file((folder / "mail.db").string(), Time{});
    if (store)
      take_snapshots(state, **store);
    else
      state.SkipWithError(store.error().c_str());
  }
  std::filesystem::remove_all(folder);
}
BENCHMARK(snapshot_sqlite_store)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sandpost::bench
