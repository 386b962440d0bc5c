// Stop signals for work on one loop.
#pragma once

namespace dragoman::net {

// cancel() calls every attached hook once, on the caller's stack, and at once those attached later. One loop
// only. May be destroyed before its hooks; they are then never called.
class CancelToken {
 public:
  // Calls fn(self) on cancellation. Detaches itself when destroyed.
  class Hook {
   public:
    Hook() = default;
    ~Hook() { detach(); }
    Hook(const Hook&) = delete;
    Hook& operator=(const Hook&) = delete;

    // `token` may be null: then nothing ever happens.
    void attach(CancelToken* token, void (*fn)(void*), void* self) {
      detach();
      if (!token) return;
      if (token->cancelled_) return fn(self);
      fn_ = fn;
      self_ = self;
      token_ = token;
      next_ = token->first_;
      if (next_) next_->previous_ = this;
      token->first_ = this;
    }

    void detach() {
      if (!token_) return;
      (previous_ ? previous_->next_ : token_->first_) = next_;
      if (next_) next_->previous_ = previous_;
      token_ = nullptr;
      previous_ = next_ = nullptr;
    }

   private:
    friend class CancelToken;
    CancelToken* token_ = nullptr;
    Hook* previous_ = nullptr;
    Hook* next_ = nullptr;
    void (*fn_)(void*) = nullptr;
    void* self_ = nullptr;
  };

  CancelToken() = default;
  ~CancelToken() {
    while (first_) first_->detach();
  }
  CancelToken(const CancelToken&) = delete;
  CancelToken& operator=(const CancelToken&) = delete;

  void cancel() {
    cancelled_ = true;
    while (Hook* hook = first_) {
      hook->detach();
      hook->fn_(hook->self_);
    }
  }
  bool cancelled() const { return cancelled_; }

 private:
  bool cancelled_ = false;
  Hook* first_ = nullptr;
};

}  // namespace dragoman::net
