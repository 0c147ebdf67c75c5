import Glibc

/// The system's clock that is cheap to ask and goes on in steps of 1 to 10 ms: for what need not be looked at more often.
enum CoarseClock {
    /// In nanoseconds, of a clock that nobody sets.
    static var now: Int64 { now(CLOCK_MONOTONIC_COARSE) }

    static func now(_ clock: Int32) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return nanoseconds(time)
    }

    static func nanoseconds(_ time: timespec) -> Int64 { Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec) }
}
