// References to environment variables inside a document.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "config/document.h"
#include "config/error.h"

namespace dragoman::config {

// The value of a variable; nothing if it is not set. An empty value counts as set for ${NAME}, as not set for
// ${NAME:-default}, as in a shell.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;

// dragoman's own files: ${NAME} and ${NAME:-default} anywhere in a value (not in a key), $${ for a plain
// "${". A variable that is missing is an error with the line of its value.
// `path` is where the document stands in the file.
void expand_references(Document& document, std::string_view file, const Environment& environment,
                       ConfigErrors& errors, const std::string& path = {});

// LiteLLM's files: a value that is "os.environ/NAME" as a whole, in a map at any depth but not as a list's
// item (LiteLLM leaves those alone). A missing variable leaves nothing, as there, and a warning.
void expand_os_environ(Document& document, std::string_view file, const Environment& environment,
                       ConfigErrors& warnings);

}  // namespace dragoman::config
