// Damages copies of a log in every way and reads, checks, writes and salvages each. Prints what went wrong; where a read crashes this
// process is gone, and the file `last` in its folder says with which seed.
//   DamageProbe FOLDER SEED COUNT [FIRST]
import EventLog
import Glibc
import TestSupport

let arguments = CommandLine.arguments
let first = arguments.count > 4 ? UInt64(arguments[4]) : 0
guard arguments.count >= 4, let first, let seed = UInt64(arguments[2]), let count = Int(arguments[3]) else {
    print("usage: DamageProbe FOLDER SEED COUNT [FIRST]")
    exit(2)
}
let folder = arguments[1]
var tally = Tally()
do {
    var random = SplitMix64(seed: seed)
    let small = try Pristine(in: "\(folder)/small", events: 250, random: &random)
    let deep = try Pristine(in: "\(folder)/deep", events: 4000, random: &random)
    for step in first..<first + UInt64(count) {
        try File.replace("\(folder)/last", with: Array("\(seed) \(step)".utf8))
        var random = SplitMix64(seed: seed ^ (step + 1) &* 0x9E37_79B9_7F4A_7C15)
        let pristine = step % 8 == 7 ? deep : small
        let damage = Damage(to: pristine, &random)
        var probe = Probe(pristine, damage, in: "\(folder)/\(step)")
        try probe.run()
        tally.add(probe)
        for failure in probe.failures.prefix(3) { print("seed \(seed) step \(step): \(damage.description): \(failure)") }
        if tally.failures > 20 { break }
    }
} catch {
    print("seed \(seed): \(error)")
    exit(1)
}
print(tally.description)
exit(tally.failures == 0 ? 0 : 1)
