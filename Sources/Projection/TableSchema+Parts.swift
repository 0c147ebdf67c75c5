extension TableSchema {
    /// All that it says, value after value, each list behind its length: schemas that differ anywhere differ here.
    ///
    /// Every process that opens a store asks for it; reflection would take milliseconds.
    var parts: [SQLValue] {
        var parts: [SQLValue] = [.text(name), number(assignsKey), text(entity?.name), number(entity?.place)]
        func list<Item>(_ items: [Item], _ add: (Item) -> Void) {
            parts.append(number(items.count))
            items.forEach(add)
        }
        list(columns) {
            parts += [.text($0.name), .text($0.type.rawValue), number($0.isNullable), number($0.isBlobHash), $0.defaultValue]
        }
        list(key) { parts.append(number($0)) }
        list(indexes) { index in
            parts += [.text(index.name), number(index.isUnique), number(index.condition?.place), index.condition?.value ?? .null]
            list(index.columns) { parts += [number($0.place), number($0.descending)] }
        }
        list(references) { parts += [number($0.place), .text($0.table), text($0.column), .text($0.onDelete.rawValue)] }
        list(checks) { parts += [.text($0.column), .text($0.rule)] }
        return parts
    }
}

private func number(_ value: Int?) -> SQLValue { value.map { .integer(Int64($0)) } ?? .null }

private func number(_ value: Bool) -> SQLValue { .integer(value ? 1 : 0) }

private func text(_ value: String?) -> SQLValue { value.map { .text($0) } ?? .null }
