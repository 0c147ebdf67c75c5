/// A decoder that has the source text of its value, which `JSONText` keeps.
package protocol JSONRawTextDecoder: Decoder {
    func rawText() throws -> String
}
