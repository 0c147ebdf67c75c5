/// Where an event stands in the log: 1, 2, 3 … without gaps. 0 is before the first.
public typealias Position = UInt64
