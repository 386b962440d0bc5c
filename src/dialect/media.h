// Media as the dialects spell it: data: URLs, audio formats, file names.
#pragma once
#include <optional>
#include <string_view>

namespace dragoman::dialect {

struct DataUrl {
  std::string_view media_type;  // without parameters; "" when the URL names none
  std::string_view data;        // base64 text
};

// "data:image/png;base64,AAAA" taken apart by view. nullopt for any other URL, also for data: URLs that are
// not base64 (those stay URLs).
std::optional<DataUrl> split_data_url(std::string_view url);

// OpenAI's `input_audio.format` ("wav", "mp3", …) and the media type it stands for. The way back of an
// unknown type is its subtype.
std::string_view audio_media_type(std::string_view format);
std::string_view audio_format(std::string_view media_type);

// From a file name's ending; "" when it says nothing.
std::string_view media_type_of_file(std::string_view file_name);
// A name for a document that came without one, where the wire asks for one.
std::string_view file_name_for(std::string_view media_type);

}  // namespace dragoman::dialect
