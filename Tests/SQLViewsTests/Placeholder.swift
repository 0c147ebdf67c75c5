@testable import SQLViews
