//! An allocator that counts, for each thread, what it hands out. The only unsafe code of the tests.

#![expect(
    unsafe_code,
    reason = "an allocator cannot be written otherwise; every call is handed on as it came"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// What was handed out.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counted {
    /// How often memory was asked for, growth included.
    pub(crate) calls: usize,
    /// Bytes asked for, of growth all that there were then.
    pub(crate) bytes: usize,
    /// Most bytes at a time, beyond those when counting began.
    pub(crate) peak: usize,
    /// Bytes that are still there, beyond those when counting began.
    pub(crate) kept: usize,
}

/// Counts what a piece of work takes on this thread.
pub(crate) fn counted<T>(work: impl FnOnce() -> T) -> (T, Counted) {
    let before = STATE.with(|state| state.replace(State { live: 0, most: 0, ..State::NOTHING }));
    let made = work();
    let found = STATE.with(|state| state.replace(before));
    let [peak, kept] = [found.most, found.live].map(|bytes| usize::try_from(bytes).unwrap_or(0));
    (made, Counted { calls: found.calls, bytes: found.bytes, peak, kept })
}

#[derive(Clone, Copy)]
struct State {
    calls: usize,
    bytes: usize,
    /// What was there before may be given back meanwhile.
    live: isize,
    most: isize,
}

impl State {
    const NOTHING: State = State { calls: 0, bytes: 0, live: 0, most: 0 };
}

thread_local! {
    static STATE: Cell<State> = const { Cell::new(State::NOTHING) };
}

fn note(more: usize, less: usize) {
    // A thread that ends has no counter any more: then nobody asks.
    let _ = STATE.try_with(|cell| {
        let mut state = cell.get();
        if more > 0 {
            state.calls += 1;
            state.bytes += more;
        }
        state.live += more.cast_signed() - less.cast_signed();
        state.most = state.most.max(state.live);
        cell.set(state);
    });
}

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call is handed to the system's allocator unchanged, which upholds the contract; counting allocates
// nothing, since the thread's counter needs no memory and no destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size(), 0);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note(layout.size(), 0);
        // SAFETY: as the caller promises.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        note(0, layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(size, layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.realloc(pointer, layout, size) }
    }
}
