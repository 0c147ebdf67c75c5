import EventLog
import JSON
import Projection

/// Gives events the id of the row that they made, where a store without the events before them would assign another.
struct RowIDPins {
    private let engine: Engine
    /// Whether events of a type take the id of the row that they make.
    private var takesID: [String: Bool] = [:]

    init(_ engine: Engine) { self.engine = engine }

    /// The data with the id in it; nil where the type takes none, or there is one already.
    mutating func data(_ data: [UInt8], ofType type: String, version: Int, id: Int) -> [UInt8]? {
        guard takesID[type] != false, var object = try? JSONObject(parsing: data), object["id"] == nil else { return nil }
        object["id"] = .int(id)
        let pinned = object.bytes
        if takesID[type] == nil {
            // Data that is not valid without an id either says nothing of the type.
            if isValid(pinned, type, version) {
                takesID[type] = true
            } else if isValid(data, type, version) {
                takesID[type] = false
            }
        }
        return takesID[type] == true ? pinned : nil
    }

    private func isValid(_ data: [UInt8], _ type: String, _ version: Int) -> Bool {
        do {
            try engine.validate(type: type, data: engine.upcast(type: type, data: data, from: version).data)
            return true
        } catch {
            return false
        }
    }
}
