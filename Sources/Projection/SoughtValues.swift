/// Values of columns to look rows up by, taken out of their list once.
///
/// Most rows are looked up by one: that one is not kept in an array. To take an element out of the list copies it with its existential, which for
/// each column that is compared was 4 % of looking up the rows of an index.
struct SoughtValues {
    struct Element {
        let name: String
        let value: SQLValue
    }

    private let first: Element?
    private let rest: [Element]

    init(_ values: ColumnValues) {
        var first: Element?
        var rest: [Element] = []
        for (name, value) in values {
            let element = Element(name: name, value: value.sqlValue)
            if first == nil { first = element } else { rest.append(element) }
        }
        self.first = first
        self.rest = rest
    }

    var count: Int { first == nil ? 0 : rest.count + 1 }

    var names: [String] { (first.map { [$0] } ?? []).map(\.name) + rest.map(\.name) }

    func contains(_ name: String) -> Bool { first?.name == name || rest.contains { $0.name == name } }

    /// nil when the column is not among them.
    subscript(name: String) -> SQLValue? {
        if let first, first.name == name { return first.value }
        return rest.first { $0.name == name }?.value
    }

    func allSatisfy(_ predicate: (Element) -> Bool) -> Bool { first.map(predicate) ?? true && rest.allSatisfy(predicate) }
}
