import Foundation
import TestSupport
import Testing

/// Input that is huge, deep, endless or malformed is refused with its line, in bounded memory, and what comes behind it is taken.
struct HostileInputTests {
    private let folder = TemporaryFolder()
    private let spool: Command

    init() throws {
        spool = Command.spool(store: folder["store"])
        #expect(try spool.run(["init"]).code == 0)
    }

    private static func line(_ id: String, _ data: String = #"{"topic":"t","source":"s"}"#, time: String = "null") -> String {
        #"{"specversion":"1.0","id":"\#(id)","source":"s","type":"trend.captured","time":\#(time),"data":\#(data)}"#
    }

    private static func topic(_ topic: String, _ more: String = "") -> String { #"{"topic":"\#(topic)","source":"s"\#(more)}"# }

    private func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: folder[name]))
        return folder[name]
    }

    private func count() throws -> String { try spool.run(["query", "SELECT count(*) AS n FROM events", "--format", "csv"]).output }

    // MARK: Lines

    @Test func lines() throws {
        func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
        func replacing(_ line: String, _ by: [UInt8]) -> [UInt8] {
            bytes(line).flatMap { $0 == UInt8(ascii: "@") ? by : [$0] }
        }
        let deep = 1_000_000
        let cases: [(line: [UInt8], error: String?)] = [
            (bytes(Self.line("1", Self.topic("a", #","relevance_score":1e999999"#))), "range of Double"),
            (bytes(Self.line("2", Self.topic("b", #","relevance_score":1\#(String(repeating: "0", count: 400))"#))), "range of Double"),
            (bytes(Self.line("3", Self.topic("c", #","relevance_score":-0"#))), nil),
            (bytes(Self.line("4", Self.topic("d", #","relevance_score":1e-999999"#))), nil),
            (bytes(Self.line("5", Self.topic("e", #","id":9223372036854775808"#))), "9223372036854775808"),
            (bytes(Self.line("6", Self.topic("f", #","id":18446744073709551616"#))), "18446744073709551616"),
            (bytes(Self.line("7", Self.topic("g", #","metadata":{"n":1e999999,"m":\#(String(repeating: "9", count: 400))}"#))), nil),
            (bytes(Self.line("8", String(repeating: "[", count: deep) + String(repeating: "]", count: deep))), "128 deep"),
            (bytes(Self.line("9", String(repeating: #"{"a":"#, count: deep))), "128 deep"),
            (replacing(Self.line("10", Self.topic("@")), [0xFF]), "0xFF"), (replacing(Self.line("@"), [0xC0, 0x80]), "0xC0"),
            (replacing(Self.line("11", Self.topic("t", #","@":1"#)), [0xED, 0xA0, 0x80]), "0xED"),
            (replacing(Self.line("12", Self.topic("@")), [0]), "0"), ([0], "\\u{0}"), (bytes(Self.line("a\\u0000b")), "control"),
            (bytes(Self.line("13", Self.topic("\\u0000"))), nil), (bytes(Self.line("14", Self.topic("\\ud800"))), "surrogate"),
            (bytes(Self.line("15", Self.topic("\\udc00\\ud800"))), "surrogate"),
            (bytes(Self.line("16", Self.topic("\\ud83d\\ude00"))), nil),
            (bytes(Self.line("17", #"{"topic":"a","topic":"b","source":"s"}"#)), "twice"),
            (bytes(Self.line("18", #"{"topic":"a","t\u006fpic":"b","source":"s"}"#)), "twice"),
            (bytes(#"{"id":"x",\#(Self.line("19").dropFirst())"#), "twice"),
            ([0xEF, 0xBB, 0xBF] + bytes(Self.line("20")), "byte order mark"),
            ([0xFF, 0xFE] + bytes("{\0}\0"), "0xFF"), (bytes(Self.line(String(repeating: "i", count: 2000))), "1024"),
            (bytes(Self.line("21", time: #""0000-01-01T00:00:00Z""#)), "time"), (bytes(Self.line("22", time: #""10000-01-01""#)), "time"),
            (bytes(Self.line("23", time: #""2023-02-29""#)), "time"), (bytes(Self.line("24", time: #""1900-02-29""#)), "time"),
            (bytes(Self.line("25", time: #""2016-12-31T23:59:60Z""#)), "time"), (bytes(Self.line("26", time: #""2024-W01-1""#)), "time"),
            (bytes(Self.line("27", time: #""令和6年1月1日""#)), "time"), (bytes(Self.line("28", time: #""1446-09-01 AH""#)), "time"),
            (bytes(Self.line("29", time: #""9999-12-31T23:59:59-23:59""#)), "9999"),
            (bytes(Self.line("30", time: #""0001-01-01T00:00:00+00:01""#)), "time"),
            (bytes(Self.line("31", time: "1e300")), "time"), (bytes(Self.line("32", time: "-1e18")), "time"),
            (bytes(Self.line("33", time: #""nan""#)), "time"),
            (bytes(Self.line("34", time: #""0x10""#)), "time"), (bytes(Self.line("35", time: #""9999-12-31T23:59:59.9999999Z""#)), nil),
            (bytes(Self.line("36", time: #""0001-01-01T00:00:00Z""#)), nil), (bytes(Self.line("37", time: "-0.0000001")), nil),
        ]
        // Each by itself first, for its message; then all in one file with CRLF, where the good ones are taken.
        for (number, (line, error)) in cases.enumerated() {
            let result = try spool.run(["ingest", write("line", bytes(Self.line("first")) + [0x0D, 0x0A] + line + [0x0D, 0x0A])])
            #expect(result.code == (error == nil ? 0 : 1), "case \(number): \(result)")
            guard let error else { continue }
            #expect(result.errors.hasPrefix("line 2: ") && result.errors.contains(error), "case \(number): \(result.errors.prefix(300))")
            #expect(result.errors.utf8.count < 2000, "case \(number): a message of \(result.errors.utf8.count) bytes")
        }
        let all = [0xEF, 0xBB, 0xBF] + bytes(Self.line("bom")) + [0x0D, 0x0A] + cases.flatMap { $0.line + [0x0D, 0x0A] }
        let good = cases.count { $0.error == nil }
        let result = try spool.run(["ingest", write("all", all), "--on-error", "skip"])
        #expect(result.code == 1 && result.output.contains("\(cases.count - good) refused, of \(cases.count + 1) lines"), "\(result)")
        #expect(try count() == "n\n\(good + 2)\n")
    }

    /// The long form of this has 1 GB: SPOOL_TORTURE_MINUTES says that there is time for it.
    @Test func oneEndlessLine() throws {
        let length = ProcessInfo.processInfo.environment["SPOOL_TORTURE_MINUTES"] == nil ? 68_000_000 : 1_000_000_000
        let make = "printf '%s\\n' \"$A\"; head -c \(length) /dev/zero | tr '\\0' '['; printf '\\n%s\\n' \"$B\""
        for (options, code, stored) in [("", 1, "1 event stored"), ("--on-error skip", 1, "1 event stored, 1 stored before")]
            as [(String, Int32, String)]
        {
            let result = try shell("(\(make)) | /usr/bin/env time -f '%M KiB' '\(spool.path)' ingest \(options)")
            #expect(result.code == code && result.output.contains(stored), "\(result)")
            #expect(result.errors.contains("line 2: the line is longer than 67108864 bytes"), "\(result.errors)")
            let memory = result.errors.split(separator: "\n").last.flatMap { Int($0.split(separator: " ")[0]) } ?? .max
            #expect(memory < 320_000, "\(memory) KiB for a line of \(length) bytes")
        }
        #expect(try count() == "n\n2\n")
    }

    @Test func endlessInputs() throws {
        for arguments in [
            ["ingest", "/dev/zero"], ["timeline", "import", "/dev/zero"], ["replay", "--to", folder["copy"], "--map", "/dev/zero"],
            ["import", "primetime", "/dev/zero"], ["cache", "save", "/dev/zero"], ["ingest", "/dev/zero", "--type", "trend.captured"],
        ] {
            let result = try shell("timeout 30 '\(spool.path)' \(arguments.joined(separator: " "))")
            #expect([1, 2].contains(result.code) && !result.errors.isEmpty, "\(arguments): \(result)")
        }
        #expect(try count() == "n\n0\n")
    }

    // MARK: CSV

    @Test func csv() throws {
        func ingest(_ bytes: [UInt8]) throws -> Command.Result {
            try spool.run([
                "ingest", write("t.csv", Array("topic,source\n".utf8) + bytes), "--type", "trend.captured", "--on-error", "skip",
            ])
        }
        // 4 MB in a quote that is not closed: in time that grows with its length.
        let start = ContinuousClock.now
        let open = try ingest(
            Array("a,b\n\"".utf8) + Array(repeatElement(Array("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n".utf8), count: 100_000).joined()))
        #expect(
            open.code == 1 && open.output.contains("1 event stored") && open.errors.contains("line 3: a quoted field is not closed"),
            "\(open)")
        #expect(start.duration(to: .now) < .seconds(15))
        let odd = try ingest(
            Array("a\0b,c\n\"d\0\",\"e\"\"\r\nf\"\r\n".utf8) + [0xFF, 0x2C, 0x62, 0x0A] + Array("g\"h,i\nj,k,l\n,\nm,n".utf8))
        #expect(odd.output.contains("of 7 records") && odd.errors.contains("line 5: field 1 is not valid UTF-8"), "\(odd)")
        let wide = try spool.run([
            "ingest", write("wide.csv", Array((String(repeating: "c,", count: 200_000) + "topic\n").utf8)), "--type", "trend.captured",
        ])
        #expect([1, 2].contains(wide.code) || wide.output.contains("0 events"), "\(wide.errors.prefix(200))")
    }

    // MARK: Terminals

    @Test func controlCharactersStayInTheLog() throws {
        let topic = "a\u{1B}[2J\u{9B}1m\u{7}b"
        #expect(try spool.run(["append", "trend.captured", "topic=\(topic)", "source=s"]).code == 0)
        func hasControls(_ text: String) -> Bool {
            text.unicodeScalars.contains { $0 != "\n" && $0.properties.generalCategory == .control }
        }
        let table = try spool.run(["query", "SELECT topic FROM trending_topics"])
        #expect(table.output.contains("[2J") && !hasControls(table.output), "\(table)")
        let error = try spool.run(["append", "trend.captured", "topic=x", "source=s", "\(topic)=1"])
        #expect(error.code == 1 && error.errors.contains("[2J") && !hasControls(error.errors), "\(error)")
        #expect(try spool.run(["query", "SELECT topic FROM trending_topics", "--format", "csv"]).output == "topic\n\(topic)\n")
    }

    // MARK: Maps and fields

    @Test func maps() throws {
        func replay(_ map: String) throws -> Command.Result {
            try spool.run(["replay", "--to", folder["copy"], "--map", write("map.json", Array(map.utf8))])
        }
        #expect(try spool.run(["append", "trend.captured", "topic=a", "source=b"]).code == 0)
        let names = (0..<50_000).map { "\"f\($0)\"" }
        for (map, code, words) in [
            (String(repeating: "[", count: 1_000_000), 2, "deep"),
            (#"{"trend.captured":{"drop":[\#(names.joined(separator: ","))]}}"#, 0, ""),
            (#"{"trend.captured":{"rename":{\#(names.map { "\($0):\"topic\"" }.joined(separator: ","))}}}"#, 0, ""),
            (#"{"trend.captured":{"set":{"relevance_score":1e999999}}}"#, 1, "range"),
            (#"{"trend.captured":{"set":{},"set":{}}}"#, 2, "twice"),
            (#"{"\#(String(repeating: "t", count: 1_000_000))":{}}"#, 2, "no events of type"),
            (#"{"trend.captured":{"\#(String(repeating: "k", count: 1_000_000))":1}}"#, 2, "no key"),
            (#"{"trend.captured":{"schemaversion":1e99}}"#, 2, "65535"), ("\u{FEFF}{}", 2, "byte order mark"),
            ("{\"\\ud800\":1}", 2, "surrogate"),
        ] as [(String, Int32, String)] {
            let start = ContinuousClock.now
            let result = try replay(map)
            #expect(
                result.code == code && (words.isEmpty || result.errors.contains(words)),
                "\(map.prefix(60)): \(result.code) \(result.errors.prefix(300))")
            #expect(result.errors.utf8.count < 3000 && start.duration(to: .now) < .seconds(8), "\(map.prefix(60))")
            try? FileManager.default.removeItem(atPath: folder["copy"])
        }
        let huge = try spool.run(["append", "trend.captured", "x:=\(String(repeating: "[", count: 100_000))"])
        #expect(huge.code == 2 && huge.errors.contains("128 deep") && huge.errors.utf8.count < 500, "\(huge.errors.prefix(300))")
        let text = try spool.run(["append", "trend.captured", String(repeating: "x", count: 100_000)])
        #expect(text.code == 2 && text.errors.utf8.count < 500)
        let bytes = try shell("'\(spool.path)' append trend.captured topic=$'\\xff' source=s")
        #expect(bytes.code == 2 && bytes.errors.contains("UTF-8"), "\(bytes)")
    }

    private func shell(_ script: String) throws -> Command.Result {
        let environment = spool.environment.merging(["A": Self.line("a"), "B": Self.line("b", Self.topic("b"))]) { $1 }
        return try Command("/bin/bash", environment: environment).run(["-c", script])
    }
}
