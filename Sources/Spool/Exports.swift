// One import for those who use a store: its events, its tables' values and its queries come with it.
@_exported import EventLog
@_exported import Projection
@_exported import SQLViews
