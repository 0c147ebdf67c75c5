/// The fields that types asked the objects of a document for.
final class JSONFieldRequests {
    /// The names that one object was asked for.
    private struct Names {
        let object: Int
        var names: [String] = []
    }

    private var objects: [Names] = []
    private var placeOfObject: [Int: Int] = [:]
    /// The object asked last, and its place: fields are asked for in a row.
    private var lastObject = -1
    private var lastPlace = 0
    private var wasRequested: [Bool]

    init(_ document: JSONDocument) {
        wasRequested = [Bool](repeating: false, count: document.tape.count)
    }

    /// Notes that an object is decoded by key.
    func begin(_ object: Int) {
        guard placeOfObject[object] == nil else { return }
        placeOfObject[object] = objects.count
        lastObject = object
        lastPlace = objects.count
        objects.append(Names(object: object))
    }

    func note(_ name: String, in object: Int, key: Int?) {
        if let key { wasRequested[key] = true }
        if object != lastObject {
            guard let place = placeOfObject[object] else { return }
            lastObject = object
            lastPlace = place
        }
        objects[lastPlace].names.append(name)
    }

    /// Refuses the first field, in the order of the source, that no type asked for.
    func check(_ document: JSONDocument) throws(JSONError) {
        var unknown: (key: Int, names: [String])?
        for asked in objects {
            let end = Int(document.tape[asked.object].next)
            var key = asked.object + 1
            while key < end {
                if !wasRequested[key], key < unknown?.key ?? .max { unknown = (key, asked.names) }
                key = Int(document.tape[key + 1].next)
            }
        }
        guard let unknown else { return }
        let name = document.string(unknown.key)
        let nearest = JSONNameDistance.nearest(to: name, in: unknown.names)
        let hint = nearest.map { " such as '\(JSONQuoting.escaped($0))'" } ?? ""
        var seen: Set<String> = []
        let known = unknown.names.filter { seen.insert($0).inserted }
        let list = nearest == nil && !known.isEmpty ? ". Known are \(JSONQuoting.escaped(known.joined(separator: ", "), limit: 1000))" : ""
        var error = document.failure(
            .unknownField(name: name, nearest: nearest), "expected a known field\(hint), found an unknown one\(list)", at: unknown.key)
        error.knownFields = known
        throw error
    }
}
