import EventLog
import Projection

/// Workflows from a prompt to a video: their files and scenes, what the APIs cost, and users.
public let workflows = Projector(
    "workflows", version: 1, replaces: "Story-to-video",
    tables: [
        Workflow.table, GeneratedFile.table, Scene.table, APICall.table, DailyUsage.table, User.table, UserSession.table,
    ], queries: workflowQueries
) {
    On(WorkflowCreated.self) { event, views in
        var workflow = Workflow()
        workflow.id = event.id
        workflow.originalPrompt = event.originalPrompt
        workflow.storyTitle = event.storyTitle
        workflow.maxScenes = event.maxScenes ?? 4
        workflow.createdAt = SQLTime(event.createdAt ?? event.recordedTime)
        workflow.updatedAt = SQLTime(event.time)
        workflow.userID = event.userID
        try views.insert(Workflow.table, workflow)
    }
    On(WorkflowPhaseChanged.self) { event, views in
        try views.update(Workflow.table, event.id) { workflow in
            try workflow.change(to: .active, at: event.time)
            workflow.currentPhase = event.phase
            workflow.enhancedStory = event.enhancedStory ?? workflow.enhancedStory
        }
    }
    On(WorkflowCompleted.self) { event, views in
        try views.update(Workflow.table, event.id) { workflow in
            try workflow.change(to: .completed, at: event.time)
            workflow.completedAt = SQLTime(event.completedAt ?? event.time)
            workflow.totalProcessingTime = event.totalProcessingTime
        }
    }
    On(WorkflowFailed.self) { event, views in
        try views.update(Workflow.table, event.id) { workflow in
            try workflow.change(to: .failed, at: event.time)
            workflow.errorMessage = event.errorMessage
        }
    }
    On(WorkflowArchived.self) { event, views in
        if let workflow = try views.get(Workflow.table, event.id), workflow.status != .completed {
            throw RuleViolation(
                .conflict, table: "workflows", row: event.id, field: "status",
                "only a completed workflow can be archived, found \(workflow.status)")
        }
        try views.delete(Workflow.table, event.id)
    }
    On(FileGenerated.self) { event, views in
        var file = GeneratedFile()
        file.id = event.id ?? 0
        file.workflowID = event.workflowID
        file.fileType = event.fileType
        file.filePath = event.filePath
        file.fileName = event.fileName
        file.fileSize = event.fileSize
        file.metadata = event.metadata
        file.createdAt = SQLTime(event.createdAt ?? event.recordedTime)
        try views.insert(GeneratedFile.table, file)
    }
    On(SceneDescribed.self) { event, views in
        var scene = Scene()
        scene.id = event.id ?? 0
        scene.workflowID = event.workflowID
        scene.sceneNumber = event.sceneNumber
        scene.description = event.description
        scene.prompt = event.prompt
        scene.imageFileID = event.imageFileID
        scene.createdAt = SQLTime(event.createdAt ?? event.recordedTime)
        try views.insert(Scene.table, scene)
    }
    On(APICalled.self) { event, views in
        let call = try views.insert(APICall.table, APICall(event))
        let day = (event.createdAt ?? event.recordedTime).day
        var usage = try views.get(DailyUsage.table, call.apiProvider, day) ?? DailyUsage()
        usage.apiProvider = call.apiProvider
        usage.day = day
        try usage.add(call)
        try views.upsert(DailyUsage.table, usage)
    }
    On(UserRegistered.self) { event, views in
        var user = User()
        user.id = event.id
        user.name = event.name
        user.email = event.email
        user.createdAt = SQLTime(event.createdAt ?? event.recordedTime)
        try views.insert(User.table, user)
    }
    On(UserSessionStarted.self) { event, views in
        var session = UserSession()
        session.sessionID = event.sessionID
        session.userID = event.userID
        session.startedAt = SQLTime(event.time)
        session.createdAt = SQLTime(event.createdAt ?? event.recordedTime)
        try views.insert(UserSession.table, session)
    }
    On(UserSessionEnded.self) { event, views in
        try views.update(UserSession.table, event.sessionID) { session in
            if let endedAt = session.endedAt {
                throw RuleViolation(
                    .conflict, table: "user_sessions", row: session.sessionID, field: "ended_at", "the session ended at \(endedAt.text)")
            }
            session.endedAt = SQLTime(event.time)
        }
    }
    On.imported(User.self)
    On.removed(User.self)
    On.imported(UserSession.self)
    On.removed(UserSession.self)
    On.imported(Workflow.self)
    On.removed(Workflow.self)
    On.imported(GeneratedFile.self)
    On.removed(GeneratedFile.self)
    On.imported(Scene.self)
    On.removed(Scene.self)
    On.imported(APICall.self, then: apiCallImported)
    On.removed(APICall.self, then: addUp)
}

extension Workflow {
    /// A completed workflow is closed. A failed one may be tried again, which clears its error.
    mutating func change(to new: WorkflowStatus, at time: Timestamp) throws {
        if status == .completed {
            throw RuleViolation(
                .conflict, table: "workflows", row: id, field: "status", "the workflow was completed at \(completedAt?.text ?? "?")")
        }
        status = new
        errorMessage = nil
        updatedAt = SQLTime(time)
    }
}

extension APICall {
    init(_ event: Recorded<APICalled>) {
        id = event.id ?? 0
        workflowID = event.workflowID
        apiProvider = event.apiProvider
        endpoint = event.endpoint
        tokensUsed = event.tokensUsed
        costUSD = event.costUSD
        responseTime = event.responseTime
        success = event.success ?? true
        errorMessage = event.errorMessage
        createdAt = SQLTime(event.createdAt ?? event.recordedTime)
    }
}
