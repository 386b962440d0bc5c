// The parts of pass_media().
#pragma once
#include "canon/request.h"
#include "lower/context.h"

namespace dragoman::lower {

// What says whether a target takes media of this kind.
Setting taken(canon::MediaKind kind);

// pass_documents.cc: a document's name and context go in front of it as text where the wire, or the model,
// has no place for them.
void tell_of_documents(Context& c);
// Names in Bedrock's letters, each another one (BR-23, BR-24), and a text beside each document (BR-22).
void fit_document_names(Context& c);

}  // namespace dragoman::lower
