/// 1234567 as `1,234,567`.
func grouped(_ number: some BinaryInteger) -> String {
    let digits = String(number)
    var text = ""
    for (place, digit) in digits.enumerated() {
        if place > 0, (digits.count - place) % 3 == 0, text.last != "-" { text += "," }
        text.append(digit)
    }
    return text
}

/// Bytes as `3.2 MiB`.
func sized(_ bytes: Int) -> String {
    var value = Double(bytes)
    var unit = 0
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    while value >= 1024, unit < units.count - 1 {
        value /= 1024
        unit += 1
    }
    return unit == 0 ? "\(bytes) B" : "\((value * 10).rounded() / 10) \(units[unit])"
}

/// `1 event`, `2 events`.
func counted(_ number: some BinaryInteger, _ noun: String) -> String { "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")" }
