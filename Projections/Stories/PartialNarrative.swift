import JSON
import Projection

/// The column `partial_narrative`: {scenario, last_narrative, decision_history}.
enum PartialNarrative {
    /// Of a game in which nothing has happened.
    static func beginning(of scenario: String) -> JSONText {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("scenario")
        writer.string(scenario)
        writer.key("last_narrative")
        writer.null()
        writer.key("decision_history")
        writer.beginArray()
        writer.endArray()
        writer.endObject()
        return text(writer)
    }

    /// The narrative with one more decision at the end of decision_history; all else keeps its text.
    ///
    /// - Throws: `RuleViolation` when the narrative is not an object with such an array.
    static func appending(_ decision: JSONText, to narrative: JSONText, ofSession id: String) throws -> JSONText {
        // Every decision may be as deep as an event allows, and the history is deeper by two.
        let root = try JSONDocument(parsing: Array(narrative.text.utf8), maxDepth: JSONParser.greatestMaxDepth).root
        guard let history = root["decision_history"], history.kind == .array else {
            throw RuleViolation(
                .conflict, table: "sessions", row: id, field: "partial_narrative",
                "a decision needs an object with the array decision_history to go to, found \(narrative.text.prefix(60))")
        }
        var writer = JSONWriter(capacity: narrative.text.utf8.count + decision.text.utf8.count + 1)
        writer.beginObject()
        for (key, value) in root.members {
            writer.key(key)
            guard key == "decision_history" else {
                writer.raw(value.rawBytes)
                continue
            }
            writer.beginArray()
            for earlier in history.elements { writer.raw(earlier.rawBytes) }
            writer.raw(decision)
            writer.endArray()
        }
        writer.endObject()
        return text(writer)
    }

    private static func text(_ writer: JSONWriter) -> JSONText {
        JSONText(unchecked: String(decoding: writer.bytes, as: UTF8.self))
    }
}
