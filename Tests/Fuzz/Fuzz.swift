import FuzzTargets
import Glibc

// libFuzzer has the main function and calls these. Which target it is for, and where to write the corpus that it begins with, say
// SPOOL_FUZZ_TARGET and SPOOL_FUZZ_SEEDS. See tools/fuzz.

private func complain(_ text: String) {
    let bytes = Array("fuzz: \(text)\n".utf8)
    _ = write(2, bytes, bytes.count)
}

private let type: any FuzzTarget.Type = {
    let name = getenv("SPOOL_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    if let type = fuzzTargets.first(where: { $0.name == name }) { return type }
    complain("SPOOL_FUZZ_TARGET: expected one of \(fuzzTargets.map { $0.name }.joined(separator: ", ")), found '\(name)'")
    exit(2)
}()

private let target: any FuzzTarget = {
    do {
        return try type.init()
    } catch {
        complain("\(error)")
        exit(2)
    }
}()

@_cdecl("LLVMFuzzerInitialize")
public func initialize(_: UnsafeMutableRawPointer?, _: UnsafeMutableRawPointer?) -> Int32 {
    guard let folder = getenv("SPOOL_FUZZ_SEEDS").map({ String(cString: $0) }) else { return 0 }
    for (number, seed) in ((try? type.seeds()) ?? []).enumerated() {
        guard let file = fopen("\(folder)/seed-\(number)", "w") else { exit(2) }
        fwrite(seed, 1, seed.count, file)
        fclose(file)
    }
    exit(0)
}

@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    do {
        try target.run(Array(UnsafeBufferPointer(start: start, count: count)))
    } catch {
        complain("\(error)")
        abort()
    }
    return 0
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<Int32>, _ arguments: UnsafeMutableRawPointer, _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// The package manager makes an executable begin at this name.
@_cdecl("spool_fuzz_main")
public func begin(_ count: Int32, _ arguments: UnsafeMutableRawPointer) -> Int32 {
    var count = count
    var arguments = arguments
    return runDriver(&count, &arguments) { test($0, $1) }
}
