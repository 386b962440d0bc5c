# cmake -DROOT=data -DOUT=data_files.cc -P embed.cmake: every file of data/ as one string table.
file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/*.yaml ${ROOT}/*.csv)
list(SORT files)
set(rows "")
foreach(path ${files})
  file(READ ${ROOT}/${path} text)
  # String literals are limited to 64 KiB by the standard; pieces are joined by the compiler.
  string(LENGTH "${text}" length)
  # As views, whose length the compiler knows: counting the characters of all takes more steps than a constant may.
  set(literal "\"\"sv\n")
  set(at 0)
  while(at LESS length)
    string(SUBSTRING "${text}" ${at} 8000 piece)
    string(APPEND literal "R\"~~(${piece})~~\"\n")
    math(EXPR at "${at} + 8000")
  endwhile()
  string(APPEND rows "    {\"${path}\", ${literal}},\n")
endforeach()
file(WRITE ${OUT} "// Made by cmake/embed.cmake from data/.
#include \"profile/data_files.h\"

using namespace std::literals;

namespace dragoman::profile {
namespace {
constexpr DataFile kFiles[] = {
${rows}};
}  // namespace

std::span<const DataFile> data_files() { return kFiles; }

}  // namespace dragoman::profile
")
