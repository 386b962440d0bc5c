// The parts of pass_media().
#pragma once
#include "canon/request.h"
#include "lower/context.h"

namespace dragoman::lower {

// What says whether a target takes media of this kind.
Setting taken(canon::MediaKind kind);
// Text documents, and a document's name and context, have a place of their own on the wire.
bool has_document_fields(const Context& c);

// media_types.cc: documents that are text and of a type the target does not take, or that are bytes only for
// want of another way to say them, become their text.
void fit_documents(Context& c);
// Text documents that tools returned are the results' text where the wire has no place for documents.
void documents_of_results(Context& c);
// Why bytes of this type cannot go to the target, and by which setting; nullopt where they can.
struct UntakenType {
  Setting setting;
  std::string reason;
};
std::optional<UntakenType> untaken_type(const Context& c, const canon::Media& media);

// document_chunks.cc: documents made of texts become those texts, with title and context in front.
void spread_chunks(Context& c, std::vector<canon::Block>& blocks);

// pass_documents.cc: a document's name and context go in front of it as text where the wire, or the model,
// has no place for them.
void tell_of_documents(Context& c);
// Names in Bedrock's letters, each another one (BR-23, BR-24), and a text beside each document (BR-22).
void fit_document_names(Context& c);

}  // namespace dragoman::lower
