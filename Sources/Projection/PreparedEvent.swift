import EventLog

/// An event's data, decoded, and what its projector does with it.
@usableFromInline
class AnyPreparedEvent: PreparedData, @unchecked Sendable {
    // Unchecked, because a class that others inherit from cannot be checked: neither has a variable.
    let type: String

    @usableFromInline
    init(type: String) { self.type = type }

    /// Makes the changes.
    @usableFromInline
    func run(_ place: EventPlace, _ views: ViewWriter) throws {}

    @usableFromInline
    var labels: EventLabels { EventLabels(subject: nil, tags: []) }
}

/// An event's data of a type that is known where this is made.
// One piece of memory for each event: as two closures it was three, with the data copied once more, and 4 % of a rebuild's processor time.
@usableFromInline
final class PreparedEvent<E: Event>: AnyPreparedEvent, @unchecked Sendable {
    @usableFromInline let data: E
    @usableFromInline let apply: @Sendable (Recorded<E>, ViewWriter) throws -> Void

    @inlinable
    init(_ data: E, _ apply: @escaping @Sendable (Recorded<E>, ViewWriter) throws -> Void) {
        self.data = data
        self.apply = apply
        super.init(type: E.type)
    }

    @inlinable
    override func run(_ place: EventPlace, _ views: ViewWriter) throws { try apply(Recorded(data, place), views) }

    @inlinable
    override var labels: EventLabels { EventLabels(subject: data.subject, tags: data.tags) }
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
