import EventLog

/// An event's data, decoded, and what its projector does with it.
@usableFromInline
class AnyPreparedEvent: PreparedData, @unchecked Sendable {
    // Unchecked, because a class that others inherit from cannot be checked: neither has a variable.

    // Closures and not methods for the subclass to override: those find out at run time how an event of their type is copied.
    @usableFromInline typealias Run = @Sendable (AnyPreparedEvent, EventPlace, ViewWriter) throws -> Void
    @usableFromInline typealias Labels = @Sendable (AnyPreparedEvent) -> EventLabels

    @usableFromInline let type: String
    private let runClosure: Run
    private let labelsClosure: Labels

    @usableFromInline
    init(type: String, run: @escaping Run, labels: @escaping Labels) {
        self.type = type
        runClosure = run
        labelsClosure = labels
    }

    /// Makes the changes.
    func run(_ place: EventPlace, _ views: ViewWriter) throws { try runClosure(self, place, views) }

    var labels: EventLabels { labelsClosure(self) }
}

/// An event's data of a type that is known where this is made.
// One piece of memory for each event: the closures below keep nothing of their own.
@usableFromInline
final class PreparedEvent<E: Event>: AnyPreparedEvent, @unchecked Sendable {
    @usableFromInline let data: E
    @usableFromInline let apply: @Sendable (Recorded<E>, ViewWriter) throws -> Void

    @inlinable
    init(_ data: E, _ apply: @escaping @Sendable (Recorded<E>, ViewWriter) throws -> Void) {
        self.data = data
        self.apply = apply
        super.init(
            type: E.type,
            run: { event, place, views in
                let event = Self.own(event)
                try event.apply(Recorded(event.data, place), views)
            },
            labels: { event in
                let event = Self.own(event)
                return EventLabels(subject: event.data.subject, tags: event.data.tags)
            })
    }

    /// The event that the closures above are called with: never another one than theirs.
    @inlinable
    static func own(_ event: AnyPreparedEvent) -> PreparedEvent<E> {
        guard let event = event as? PreparedEvent<E> else { preconditionFailure("an event of \(event.type) is run as one of \(E.type)") }
        return event
    }
}

/// What an event says of itself.
@usableFromInline
struct EventLabels {
    let subject: Tag?
    let tags: [Tag]

    @usableFromInline
    init(subject: Tag?, tags: [Tag]) {
        self.subject = subject
        self.tags = tags
    }
}
