import ImageLibrary
import Jobs
import Metrics
import Projection
import Shows
import Stories
import Trends
import Workflows

/// The domains of a store. Adding one is a folder under `Projections/` and a line here.
public enum Catalog {
    public static let projectors: [Projector] = [
        trends,
        metrics,
        imageLibrary,
        stories,
        workflows,
        jobs,
        shows,
    ]
}
