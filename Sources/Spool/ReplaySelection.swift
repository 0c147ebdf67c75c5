import EventLog

/// Which events of a log are copied: all conditions hold, empty ones hold for every event.
///
/// ```swift
/// ReplaySelection(types: ["trend.captured", "trend.used"], until: .time(midnight))
/// ```
public struct ReplaySelection: Sendable, Hashable {
    /// The first position, from 1.
    public var from: Position { didSet { from = max(1, from) } }
    /// The last moment; nil: the head of the log when the replay begins.
    public var until: AsOf?
    /// Any one of these types.
    public var types: Set<String>
    /// Any one of these tags (the subject is one).
    public var tags: Set<String>
    /// None of these.
    public var withoutTypes: Set<String>
    public var withoutTags: Set<String>

    public init(
        from: Position = 1, until: AsOf? = nil, types: Set<String> = [], tags: Set<String> = [], withoutTypes: Set<String> = [],
        withoutTags: Set<String> = []
    ) {
        self.from = max(1, from)
        self.until = until
        self.types = types
        self.tags = tags
        self.withoutTypes = withoutTypes
        self.withoutTags = withoutTags
    }

    /// Whether it may leave events out before its end.
    var isPartial: Bool { from > 1 || !types.isEmpty || !tags.isEmpty || !withoutTypes.isEmpty || !withoutTags.isEmpty }

    func includes(_ record: borrowing RecordView, type: String) -> Bool {
        if !types.isEmpty, !types.contains(type) { return false }
        if withoutTypes.contains(type) { return false }
        if tags.isEmpty, withoutTags.isEmpty { return true }
        let all = [record.subject] + record.tags.map(\.text)
        if !tags.isEmpty, !all.contains(where: tags.contains) { return false }
        return !all.contains(where: withoutTags.contains)
    }

    /// What a replay must have in common with the one that it goes on with. It may end elsewhere.
    var identity: String {
        "from \(from), types \(types.sorted()), tags \(tags.sorted()), without \(withoutTypes.sorted()), \(withoutTags.sorted())"
    }
}
