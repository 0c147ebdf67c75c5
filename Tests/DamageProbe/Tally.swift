/// What came of all damaged files: a test in which nothing was ever found or lost would prove nothing.
struct Tally: CustomStringConvertible {
    var files = 0
    var failures = 0
    private var noticed = 0
    private var lost = 0
    private var recovered = 0
    private var refusedWrites = 0
    private var writes = 0

    mutating func add(_ probe: Probe) {
        files += 1
        failures += probe.failures.count
        noticed += probe.isNoticed ? 1 : 0
        lost += probe.lost
        recovered += probe.recovered
        refusedWrites += probe.wrote ? 0 : 1
        writes += probe.wrote ? 1 : 0
    }

    var description: String {
        "files \(files) noticed \(noticed) lost \(lost) recovered \(recovered) writes \(writes) refused \(refusedWrites) failures \(failures)"
    }
}
