import Projection

extension Trend: Importable { public static let noun = "trend" }

extension Search: Importable { public static let noun = "search" }
