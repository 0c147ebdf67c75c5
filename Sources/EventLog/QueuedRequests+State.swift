import Dispatch

extension QueuedRequests {
    /// Who waits, and what a run does next.
    struct State {
        let largestGroup: Int
        var waiting: [Caller] = []
        /// Being committed and staged, in that order.
        private var taken: [Caller] = []
        /// How many of them are being committed.
        private var committing = 0
        /// What was taken in this run, and the part of it that was taken last.
        private var run = Load()
        private var lastTaken = 0
        var isDraining = false
        /// While the run sleeps: how many have to be waiting for it to go on.
        private var awaited: Int?
        /// About how many callers there are.
        private var callers = 0
        private var pace = CommitPace()
        private var stagingSince: UInt64?
        private var committingSince: UInt64?

        /// Of requests.
        private struct Load {
            var requests = 0
            var events = 0
            var bytes = 0

            static func += (load: inout Load, request: AppendRequest) {
                load.requests += 1
                load.events += request.events.count
                load.bytes += request.events.reduce(0) { $0 + $1.data.count }
            }

            /// Other processes wait meanwhile, and what is staged is kept in memory until the run is over.
            var isFull: Bool { events >= 2048 || bytes >= 16 << 20 }
        }

        /// Taken at once: after each a run looks whether the commit before is done.
        private static let piece = 16

        init(largestGroup: Int) { self.largestGroup = largestGroup }

        // MARK: Sleeping

        /// Sleeps where it makes sense to wait for callers to come back; returns for how many nanoseconds at most.
        mutating func awaitCallers() -> UInt64? {
            let expected = pace.isStagingBound(callers: callers) ? 1 : min(callers, largestGroup)
            // One caller alone has nobody to wait for.
            guard expected > 1, waiting.count < expected else { return nil }
            awaited = expected
            return pace.patience
        }

        /// Returns whether a sleep ends.
        ///
        /// - Parameter isDone: whoever is waiting.
        mutating func wakeUp(isDone: Bool) -> Bool {
            guard let count = awaited, isDone || waiting.count >= count else { return false }
            awaited = nil
            return true
        }

        // MARK: A run

        mutating func beginRun() -> Bool {
            run = Load()
            stagingSince = nil
            committingSince = nil
            isDraining = !waiting.isEmpty
            return isDraining
        }

        /// nil: it sleeps.
        mutating func nextStep(staged: Int) -> AppendStep? {
            noteStaging()
            callers = max(callers * 7 / 8, taken.count + waiting.count)
            let overlaps = pace.isStagingBound(callers: callers)
            let isFull = run.isFull
            if staged > 0, committing == 0 {
                // As many as make a commit worth while, where others are waiting.
                let share = overlaps ? (callers + 1) / 2 : callers
                if waiting.isEmpty || isFull || staged >= min(share, largestGroup) { return commit(staged) }
            }
            if staged >= largestGroup { return commit(staged) }
            let mayStage = overlaps || committing == 0
            if staged == 0, isFull || committing == 0 && (waiting.isEmpty || !overlaps && run.requests > 0) { return .end }
            if mayStage, !isFull, !waiting.isEmpty { return .stage(take(largestGroup - staged)) }
            awaited = mayStage && !isFull ? 1 : .max
            return nil
        }

        private mutating func take(_ most: Int) -> ArraySlice<AppendRequest> {
            var end = 0
            while end < min(most, Self.piece, waiting.count), !run.isFull {
                run += waiting[end].request
                end += 1
            }
            let piece = waiting.prefix(end)
            waiting.removeFirst(end)
            taken += piece
            lastTaken = end
            stagingSince = DispatchTime.now().uptimeNanoseconds
            return piece.map(\.request)[...]
        }

        private mutating func noteStaging() {
            guard let start = stagingSince else { return }
            stagingSince = nil
            pace.noteStaging(of: lastTaken, took: DispatchTime.now().uptimeNanoseconds - start)
        }

        private mutating func commit(_ staged: Int) -> AppendStep {
            committing += staged
            committingSince = DispatchTime.now().uptimeNanoseconds
            return .commit
        }

        /// Returns the callers whose requests were committed.
        mutating func endCommit(of count: Int) -> [Caller] {
            let callers = Array(taken.prefix(count))
            taken.removeFirst(callers.count)
            committing -= min(committing, callers.count)
            // A run that ends early commits by itself what is staged.
            if let start = committingSince { pace.noteCommit(took: DispatchTime.now().uptimeNanoseconds - start) }
            return callers
        }

        /// Returns the callers who have no result.
        mutating func endRun() -> [Caller] {
            // A run that did not take anything could not begin.
            let left = run.requests == 0 ? waiting : taken
            if run.requests == 0 { waiting = [] }
            taken = []
            committing = 0
            return left
        }
    }
}
