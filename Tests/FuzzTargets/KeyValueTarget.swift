import EventLog
import JSON
import Spool

/// The command line's `key=text` and `key:=json`, one a line: wrong use in words, or a field whose value is what was written.
struct KeyValueTarget: FuzzTarget {
    static let name = "keyvalue"

    static func seeds() throws -> [[UInt8]] {
        [
            "topic=AI art", "views:=100", "a:=[1,{\"b\":null}]", "a:b:=1", ":=1", "=x", "x=", "x:=", "x:=1e999", "x:=-0", "é=\u{0}",
            "a=b=c", "a:=\"=\"",
            "x:=18446744073709551616", "x:=0.1e-999999999999999999999", "a=1\na:=2\nb",
        ].map { Array($0.utf8) }
    }

    func run(_ bytes: [UInt8]) throws {
        for line in bytes.split(separator: 0x0A) {
            let argument = String(decoding: line, as: UTF8.self)
            do {
                let (key, value) = try KeyValue.parse(argument)
                try expect(!key.isEmpty && !key.contains("="), "a key '\(key)'")
                switch value {
                case .text(let text):
                    try expect("\(key)=\(text)".utf8.elementsEqual(argument.utf8), "a text that is not what was written")
                case .json(let json):
                    try expect("\(key):=\(json.text)".utf8.elementsEqual(argument.utf8), "JSON that is not what was written")
                    _ = try JSONDocument(parsing: Array(json.text.utf8))
                }
                _ = try value.sqlValue()
            } catch let error as KeyValue.Malformed {
                try expect(error.isWrongUse && error.description.utf8.count < 4000, "a long message")
            }
        }
    }
}
